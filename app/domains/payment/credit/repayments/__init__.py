"""Repaying what a credit line owes: from the wallet, or by the payment gateway."""
