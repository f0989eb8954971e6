"""Where the divisions of the city lie."""
