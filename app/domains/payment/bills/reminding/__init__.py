"""Reminders before a bill is due, and once after."""
