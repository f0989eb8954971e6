"""Merchants: organisations that take payments by code, what kind of business they are and what it costs them."""
