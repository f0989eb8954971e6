"""When a place is open, and why."""
