"""What sorts of places there are."""
