"""Bays with numbers, and the homes that have them."""
