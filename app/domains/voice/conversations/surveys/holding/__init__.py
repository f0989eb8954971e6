"""What a department does with the surveys it holds."""
