"""Tickets as their holder sees them, and what can still be had of a session."""
