"""Tickets: places of a session that somebody holds, pays, returns, and comes in with."""
