"""What the city keeps of a payment."""
