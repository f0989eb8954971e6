"""What departments do in conversations."""
