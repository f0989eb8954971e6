"""Whose turn it is, and how long that takes."""
