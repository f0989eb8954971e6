"""What rooms ask of whoever takes money for what they sell."""
