"""Refunds at the gateway, of orders that were paid."""
