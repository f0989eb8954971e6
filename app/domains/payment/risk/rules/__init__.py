"""Rules that the desk edits: proposed by one, put in force by another, each version kept with its reason."""
