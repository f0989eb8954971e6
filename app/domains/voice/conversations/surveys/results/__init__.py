"""What may be shown of the answers."""
