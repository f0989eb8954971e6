"""A day at the hall: checking in, numbers, counters, calls and boards."""
