"""Materials: what has to be handed in, what stands in for it, and what is missing."""
