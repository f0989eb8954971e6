"""The clock of a case: working days by its kind, or shift hours when it is urgent; it explains itself."""
