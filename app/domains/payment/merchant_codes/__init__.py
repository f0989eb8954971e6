"""Codes that a merchant shows: a static one at its counters, and dynamic ones for one sum each."""
