"""Volunteers: who they are, their groups, what they do together, and what is counted of it."""
