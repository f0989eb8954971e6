"""What a gate fetches before it is without network."""
