"""Asking a library to do something, when its answer may be lost."""
