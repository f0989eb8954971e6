"""What happened to a case, step by step."""
