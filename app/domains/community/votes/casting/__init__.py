"""Giving a home its voice."""
