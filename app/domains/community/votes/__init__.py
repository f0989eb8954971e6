"""Votes of neighbours, by household."""
