"""Emergency numbers: that somebody called, where he was, and what the centre made of it."""
