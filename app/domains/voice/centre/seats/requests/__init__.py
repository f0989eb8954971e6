"""The centre's yes or no to what a unit asks."""
