"""Being there: checking in and out by the organiser's rotating code, the place and the time."""
