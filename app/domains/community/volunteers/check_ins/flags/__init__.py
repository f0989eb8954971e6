"""What makes one look twice at check-ins, and who decided what about it."""
