"""Who is reminded of a visit."""
