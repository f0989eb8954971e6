"""A reader's own list of what he means to read: his alone."""
