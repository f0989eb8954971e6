"""Tell me when it is near."""
