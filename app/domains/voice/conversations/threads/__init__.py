"""What citizens observe and departments put up for talk, and what is said to it."""
