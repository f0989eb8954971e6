"""Credit lines: opened by agreement, as long as the score allows, frozen while something is overdue. No interest."""
