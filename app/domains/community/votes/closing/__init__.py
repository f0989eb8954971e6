"""The end of a vote, and its result."""
