"""One call of one service for each field: decode, ask, wrap."""
