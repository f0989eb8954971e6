"""Cases as the ops desk looks at them."""
