"""Paying one bill or many at once, from wallet, credit line or gateway."""
