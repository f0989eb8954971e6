"""What the citizen says of the reply, himself or when he is called."""
