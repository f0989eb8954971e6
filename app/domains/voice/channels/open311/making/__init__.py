"""A case of what came by Open311."""
