"""Leaving the city: a week to think it over, then everything goes that no law makes stay."""
