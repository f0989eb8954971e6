"""What we and the departments say of the same applications, compared."""
