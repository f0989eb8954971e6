"""Showing a licence: a one-use code for a purpose, accepted once, and what was told stands in the ledger."""
