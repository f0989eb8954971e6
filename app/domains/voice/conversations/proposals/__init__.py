"""Proposals: what citizens ask for together."""
