"""Seating: what a booking, its slot's seat and its citizen's diary do together, in one transaction."""
