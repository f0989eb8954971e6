"""Types of my government, one file a noun."""
