"""Importing files of places."""
