"""Gates of estates: who is let in by which code, with and without network, and the log of it."""
