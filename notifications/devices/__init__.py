"""Phones that can be rung."""
