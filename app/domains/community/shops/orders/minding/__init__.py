"""Orders at the desk."""
