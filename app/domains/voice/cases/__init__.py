"""Cases (诉求): what a citizen asks of the city, and the closed loop of seven steps it goes through."""
