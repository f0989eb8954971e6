"""Urgent notices ring."""
