"""When a resource receives people: a week, the days that differ from it, and when each day's times are given out."""
