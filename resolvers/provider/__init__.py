"""The provider schema, one file a room."""
