"""The tree of what cases are about."""
