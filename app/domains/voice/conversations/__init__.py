"""Open conversations between citizens and government."""
