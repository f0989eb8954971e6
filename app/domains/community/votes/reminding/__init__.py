"""Who is reminded of a vote before it closes."""
