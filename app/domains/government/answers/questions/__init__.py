"""A question, as it may be kept."""
