"""Importing files of homes."""
