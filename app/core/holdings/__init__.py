"""What the city holds of a person: which rows, what of them he is given, and what becomes of them when he leaves."""
