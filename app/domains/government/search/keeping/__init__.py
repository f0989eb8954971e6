"""The index of a process: built from the catalogue, and following its changes."""
