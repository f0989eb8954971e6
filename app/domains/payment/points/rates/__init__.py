"""What the city pays partners for the points they take, by date."""
