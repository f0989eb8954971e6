"""Opening a red packet."""
