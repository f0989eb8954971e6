"""Stops and routes, found by place, code, name."""
