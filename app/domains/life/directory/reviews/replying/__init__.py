"""What who runs a place answers."""
