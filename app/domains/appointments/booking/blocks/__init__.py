"""Appeals of those who may not book for a time because they did not come."""
