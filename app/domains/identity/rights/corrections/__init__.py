"""What a citizen says is wrong, and what the city answers."""
