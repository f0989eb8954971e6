"""Parcels that nobody fetches."""
