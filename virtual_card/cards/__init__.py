"""Cards: number, states, family cards."""
