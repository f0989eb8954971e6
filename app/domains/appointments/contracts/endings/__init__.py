"""Contracts with family doctors that end by the calendar."""
