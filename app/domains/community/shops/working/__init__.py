"""Orders at the shop."""
