"""Visitors who are still to come."""
