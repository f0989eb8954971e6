"""Waiting lists: who takes a time that becomes free, in order."""
