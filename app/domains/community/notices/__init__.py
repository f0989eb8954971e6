"""Notices of an estate to its homes."""
