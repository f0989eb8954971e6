"""Residents: who lives in which home, verified by the head of the household or by the estate."""
