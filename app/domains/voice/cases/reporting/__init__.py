"""The reporter's own steps."""
