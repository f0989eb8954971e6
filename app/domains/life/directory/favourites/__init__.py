"""Places that somebody keeps at hand."""
