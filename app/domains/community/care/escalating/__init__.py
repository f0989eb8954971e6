"""Missed check-ins, told further step by step."""
