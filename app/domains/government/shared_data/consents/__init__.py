"""Consents: what a citizen has agreed to, for whom and for how long."""
