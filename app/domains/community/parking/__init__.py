"""Cars of an estate: whose plates may come in, who is in, and how many bays are free."""
