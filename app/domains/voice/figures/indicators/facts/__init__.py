"""What a case adds to the counts, from its events alone."""
