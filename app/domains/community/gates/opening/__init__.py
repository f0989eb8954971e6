"""A gate with network opens."""
