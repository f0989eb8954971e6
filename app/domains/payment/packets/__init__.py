"""Red packets (红包): money or points for some people, in equal or lucky shares, each person once."""
