"""The side of who was paid: reading what is disputed, accepting it, or answering with evidence."""
