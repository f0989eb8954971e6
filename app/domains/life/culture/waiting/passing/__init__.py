"""What becomes of places that nobody holds any more: they are offered to who waits, in order."""
