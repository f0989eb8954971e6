"""Waiting for tickets of a session that is sold out."""
