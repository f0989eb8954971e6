"""Refunds: money or points of a payment going back to where they came from, in one piece or in many."""
