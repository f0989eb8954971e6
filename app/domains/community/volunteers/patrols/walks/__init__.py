"""Walking a route: which points somebody has passed, and when."""
