"""Broadcasts: one message to everybody of an audience, paced, and stopped at will."""
