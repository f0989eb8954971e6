"""The day before: who holds tickets is reminded."""
