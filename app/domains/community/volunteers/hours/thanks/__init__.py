"""Points for published hours, out of what the organisation has to give."""
