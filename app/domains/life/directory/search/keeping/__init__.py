"""The index of places that a process keeps."""
