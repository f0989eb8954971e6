"""Sights: when they are open, how crowded they are, and routes of a day."""
