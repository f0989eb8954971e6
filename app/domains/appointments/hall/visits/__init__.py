"""Visits as they were made, and what follows a ticket: its booking."""
