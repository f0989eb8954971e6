"""Importing files of assets."""
