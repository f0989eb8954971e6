"""Where rooms meet that do not know each other: one file for what each asks of others."""
