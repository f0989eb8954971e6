"""What time does to a case: whom a mark is told to, what goes up, what closes by itself."""
