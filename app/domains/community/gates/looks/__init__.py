"""Who looked at who came in."""
