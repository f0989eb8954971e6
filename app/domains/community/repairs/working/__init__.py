"""Repairs at the property company."""
