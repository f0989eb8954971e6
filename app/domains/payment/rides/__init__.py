"""Rides (乘车): a bus taken with the code of one's card, what it costs, and how that is paid."""
