"""Where something is: points on the earth, what is near them, and whether they lie in the city."""
