"""Where people live together: estates, volunteers, help in an emergency."""
