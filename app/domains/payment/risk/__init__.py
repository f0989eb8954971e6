"""Risk: what stops a payment, or has it confirmed, before money moves."""
