"""Balances of busy accounts: folded from their postings up to a mark, so that payers never wait for each other."""
