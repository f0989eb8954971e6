"""Good causes, to which points are given."""
