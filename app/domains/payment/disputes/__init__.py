"""Disputes: a payer contests a payment, its payee answers, the desk decides."""
