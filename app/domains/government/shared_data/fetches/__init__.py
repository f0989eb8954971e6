"""Fetches: data asked for, checked, fetched, entered in the ledger and told."""
