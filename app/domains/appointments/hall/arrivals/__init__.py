"""Arriving: checking in for a booking, and drawing a number at the door."""
