"""The unit's steps."""
