"""The end of a day: what is left over in the queues is closed."""
