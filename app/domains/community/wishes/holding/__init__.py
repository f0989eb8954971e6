"""Taking a micro-wish up, and what becomes of what somebody holds."""
