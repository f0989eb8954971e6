"""Steps of orders."""
