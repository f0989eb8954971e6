"""What time does to a case."""
