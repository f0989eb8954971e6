"""Topping up by the payment gateway."""
