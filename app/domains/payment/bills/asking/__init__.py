"""Billers that are asked: when a citizen looks, and again before he pays."""
