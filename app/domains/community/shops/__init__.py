"""Shops of the neighbourhood: what they sell, what is ordered of them, and the parcels of stations."""
