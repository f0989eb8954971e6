"""Bringing places from files and by hand, so that none stands twice."""
