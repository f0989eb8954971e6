"""Queues of a venue: a letter, what it is for, and how it stands today."""
