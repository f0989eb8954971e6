"""Accesses: which organisation may ask for which fields, what for, on which ground and until when."""
