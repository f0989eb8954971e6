"""Visits of relatives to somebody in a care home or on a ward."""
