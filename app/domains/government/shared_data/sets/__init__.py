"""Data sets: what a department offers of what it holds."""
