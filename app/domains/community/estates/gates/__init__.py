"""Which gates an estate has."""
