"""My government: what the city does for people, how one finds it, applies for it, and is answered."""
