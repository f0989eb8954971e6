"""Granting points: who may, how many, and for what."""
