"""What volunteers do together: where and when, for how many."""
