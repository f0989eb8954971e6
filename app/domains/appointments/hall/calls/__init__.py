"""Calling people to counters, and what becomes of whoever is called."""
