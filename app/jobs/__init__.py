"""What runs without being asked: the relay that tells people, and what runs by the clock."""
