"""What an estate tells its homes."""
