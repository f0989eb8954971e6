"""What visits end by, and what is given back then."""
