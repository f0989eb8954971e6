"""How large each home is."""
