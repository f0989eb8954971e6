"""What a ride costs: the rules of a line, from a day on."""
