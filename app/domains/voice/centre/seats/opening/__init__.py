"""Reading cases: the board, and one with all that is in it."""
