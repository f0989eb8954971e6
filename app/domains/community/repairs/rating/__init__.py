"""Repairs that wait for a word of whoever reported them."""
