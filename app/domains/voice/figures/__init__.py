"""What cases say of how the city works: indicators, reports, the index."""
