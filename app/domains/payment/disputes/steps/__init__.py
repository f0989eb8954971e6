"""A step of a dispute: kept, audited, told; and the money that goes back with it."""
