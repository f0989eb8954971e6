"""Stand-ins for every outside system, served over real HTTP, and the seeded city. For laptops and tests only."""
