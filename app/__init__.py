"""Rong (融): the backend of one app through which a city serves its citizens."""
