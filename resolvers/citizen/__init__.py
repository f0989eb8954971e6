"""The citizen schema, one file a room."""
