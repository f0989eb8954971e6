"""Taking cases in: accepted, answered at once, refused."""
