"""Types of my voice, one file a noun."""
