"""What payees are told of their settlements."""
