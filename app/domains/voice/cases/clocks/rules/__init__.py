"""How long what may take: a rule for each kind, each change of it a version of its own."""
