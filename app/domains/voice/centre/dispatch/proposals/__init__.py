"""What the rules say of one case, and why."""
