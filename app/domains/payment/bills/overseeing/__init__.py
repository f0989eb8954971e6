"""Bills as the ops desk sees them."""
