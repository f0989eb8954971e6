"""What may be said in public, who looks after it, and how an author is heard."""
