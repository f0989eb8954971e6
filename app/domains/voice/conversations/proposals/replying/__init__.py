"""The reply that is owed."""
