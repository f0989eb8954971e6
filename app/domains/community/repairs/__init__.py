"""Repairs and requests to the property company."""
