"""What the gateway says and what our books say of the same references, laid beside each other."""
