"""Bank cards that a citizen has bound: where a withdrawal may go."""
