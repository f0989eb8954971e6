"""Open cases on the map of the city."""
