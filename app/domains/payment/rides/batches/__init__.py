"""Rides that a bus without network read, reported later."""
