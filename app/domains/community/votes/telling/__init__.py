"""Votes are told to whoever lives there."""
