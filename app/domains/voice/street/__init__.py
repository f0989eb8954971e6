"""What stands in the street, and the grid officers who walk it."""
