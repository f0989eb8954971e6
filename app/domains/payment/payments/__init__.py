"""Payments: what a citizen pays to whom, by which method, and how it stands. Money moves by the ledger."""
