"""Follow-ups: what a family doctor looks at regularly with whoever is in his care."""
