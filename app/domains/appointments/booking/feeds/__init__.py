"""Bookings in calendars: a file each, and a feed that a person may revoke."""
