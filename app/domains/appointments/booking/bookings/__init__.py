"""Bookings: a held seat, confirmed, moved, cancelled, kept or missed."""
