"""What nobody could answer, for ops."""
