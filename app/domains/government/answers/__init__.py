"""Answers people get at once: a knowledge base of entries, asked in plain words."""
