"""What people say of places, and what is answered."""
