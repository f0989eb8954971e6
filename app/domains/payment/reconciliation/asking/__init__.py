"""Asking the gateway about one entry that differs."""
