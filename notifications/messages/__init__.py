"""The inbox: messages, their words, what was read."""
