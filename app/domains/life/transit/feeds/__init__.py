"""Feeds: reading, checking and importing them."""
