"""Types of my life, one file a noun."""
