"""Rosters: a venue's day as the venue sees it, and what it may do to single times and bookings."""
