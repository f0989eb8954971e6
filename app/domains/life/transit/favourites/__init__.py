"""Stops and routes that a citizen keeps at hand."""
