"""Proposals before those who moderate."""
