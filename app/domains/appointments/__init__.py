"""Appointments: places and people with time to give, who gets which time, and who waits for it."""
