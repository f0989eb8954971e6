"""A copy of everything the city holds of a citizen, made in the background, kept for three days."""
