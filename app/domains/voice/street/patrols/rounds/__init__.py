"""A round: one officer on one patrol, from its start to its end, point by point."""
