"""The care list at the committee."""
