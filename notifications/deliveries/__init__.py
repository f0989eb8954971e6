"""Handing messages over to channels, and what became of each."""
