"""How a message leaves the house: one adapter for each provider, all with the same face."""
