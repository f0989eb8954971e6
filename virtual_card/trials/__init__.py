"""Test citizens: made-up people with real rows, by which a provider tries its calls."""
