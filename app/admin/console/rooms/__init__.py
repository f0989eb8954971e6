"""The rooms of the console, one file a noun."""
