"""What is taken from the shelf while an order is made."""
