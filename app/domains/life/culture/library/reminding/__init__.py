"""Telling readers of what is due."""
