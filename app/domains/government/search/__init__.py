"""Search over the catalogue: what people type, and the items they mean."""
