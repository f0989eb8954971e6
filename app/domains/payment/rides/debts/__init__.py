"""Rides that could not be paid when they were taken."""
