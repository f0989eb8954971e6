"""What leaves a stop next."""
