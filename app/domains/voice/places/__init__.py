"""Where something is: a point, an address in words, and the division it lies in."""
