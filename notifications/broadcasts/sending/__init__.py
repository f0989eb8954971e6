"""The run of a broadcast in a worker."""
