"""Parcels that wait at a station (驿站)."""
