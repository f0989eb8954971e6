"""The city's own things in its streets, each with a code on it: lamps, hydrants, bins, stops, manholes, playgrounds."""
