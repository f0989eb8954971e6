"""Templates: what messages say, in both languages, by code and version."""
