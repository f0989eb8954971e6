"""Types of the community, one file a noun."""
