"""What every step of a seat has in common: finding the case, keeping the step once."""
