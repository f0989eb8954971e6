"""Departments of a hospital: their doctors, what each asks, and when each has time."""
