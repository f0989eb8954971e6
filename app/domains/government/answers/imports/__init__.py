"""Files of answers into the knowledge base."""
