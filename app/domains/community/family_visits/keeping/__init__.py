"""Visits at the house."""
