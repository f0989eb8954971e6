"""Shifts of cashiers: when one stood at the till, and what was taken there."""
