"""Drafts: begun, filled in bit by bit, moved to another version of the form, discarded."""
