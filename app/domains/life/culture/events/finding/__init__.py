"""Finding what is on: by words, by day, by kind, near a place."""
