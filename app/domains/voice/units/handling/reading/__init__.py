"""Finding and opening the cases of a unit."""
