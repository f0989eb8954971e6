"""Readings: what stations tell of each hour, once and revised, and what has become of it."""
