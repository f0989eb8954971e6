"""A timetable as a process keeps it, and as the database does."""
