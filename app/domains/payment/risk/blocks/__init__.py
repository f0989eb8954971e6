"""Payers who were stopped: nothing is taken from them until the desk lifts it."""
