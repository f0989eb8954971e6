"""Neighbouring cities: cases that are theirs are sent there by Open311, and what they say comes back as events."""
