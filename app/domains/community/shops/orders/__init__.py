"""Orders: taken from the shelf, paid, brought or fetched."""
