"""What hangs on the wall: numbers called, and how many wait."""
