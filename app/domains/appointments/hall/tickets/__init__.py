"""Numbers taken in a queue, and what becomes of them."""
