"""Joining, supporting and following a case that somebody else reported."""
