"""What the ops desk sees of applications: where they stand and who holds them, never what is in them."""
