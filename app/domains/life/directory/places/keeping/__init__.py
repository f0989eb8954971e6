"""Keeping places: what the desk and who runs a place say of it."""
