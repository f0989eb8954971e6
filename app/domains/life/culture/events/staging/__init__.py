"""Putting events on: a provider writes, publishes, moves and cancels them."""
