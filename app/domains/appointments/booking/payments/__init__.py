"""Payments of bookings: asked for, seen to be paid, given back."""
