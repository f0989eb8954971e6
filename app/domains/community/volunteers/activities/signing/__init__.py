"""Signing up for an activity, and letting somebody else have the place."""
