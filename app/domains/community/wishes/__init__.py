"""Micro-wishes (微心愿): a small wish of somebody, taken up by one person, done, and thanked for."""
