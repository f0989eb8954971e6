"""What time does to bookings: holds end, seats come back, people are reminded, or did not come."""
