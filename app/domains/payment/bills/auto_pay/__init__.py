"""Paying by itself: up to a cap, after a notice, with a skip."""
