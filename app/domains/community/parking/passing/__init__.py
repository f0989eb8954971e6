"""A car at the gate."""
