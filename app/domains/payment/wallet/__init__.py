"""A citizen's wallet: money that the city keeps for him, how it comes in and goes out, and what it was spent on."""
