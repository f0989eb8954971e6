"""What was left of red packets whose senders have no wallet any more."""
