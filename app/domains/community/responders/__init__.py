"""Volunteers who agreed to be called when somebody near them needs help at once."""
