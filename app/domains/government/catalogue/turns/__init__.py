"""What people ask for most at a turn of life."""
