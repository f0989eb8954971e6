"""Who sees what of who came in."""
