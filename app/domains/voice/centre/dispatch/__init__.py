"""Dispatch (派单): whose matter a case is, by rules that are kept as data, and how it gets there."""
