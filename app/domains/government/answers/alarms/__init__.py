"""Words that mean danger, and who helps at once."""
