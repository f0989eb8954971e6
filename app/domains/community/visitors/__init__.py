"""Visitors' passes: made by who lives there, shown by the guest, taken at the gate."""
