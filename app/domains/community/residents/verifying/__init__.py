"""What an estate does with those who say that they live there."""
