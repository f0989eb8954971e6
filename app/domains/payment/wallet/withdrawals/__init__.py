"""Withdrawing to a bank card of one's own."""
