"""Merchants that take points, and what a point is worth there."""
