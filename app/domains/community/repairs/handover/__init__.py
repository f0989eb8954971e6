"""A repair becomes the city's matter, too."""
