"""How orders end."""
