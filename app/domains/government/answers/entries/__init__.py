"""What is answered: entries of the knowledge base, in versions, and who writes them."""
