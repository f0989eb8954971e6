"""Points that partners took, bought back by the city day by day."""
