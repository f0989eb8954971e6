"""The first screen, made for the person: what is due, what is near, what one may need next, and the ways in."""
