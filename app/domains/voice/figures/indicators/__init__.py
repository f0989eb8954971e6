"""Indicators of cases: each with its numerator, its denominator and the version of its definition."""
