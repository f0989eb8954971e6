"""How long people waited, and how good the estimates were."""
