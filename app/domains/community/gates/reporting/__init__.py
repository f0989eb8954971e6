"""What a gate let in while it had no network."""
