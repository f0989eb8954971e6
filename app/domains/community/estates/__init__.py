"""Estates: their committee, their property company, their buildings and homes."""
