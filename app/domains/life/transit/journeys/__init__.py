"""From one stop to another."""
