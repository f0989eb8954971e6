"""Rules of the dispatch from a file."""
