"""Preferences: by which channel, and when, a person wants to be told of what."""
