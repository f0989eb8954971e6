"""What goes to neighbouring cities, and what they say."""
