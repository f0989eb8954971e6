"""The sums of what cases add: by month and day, unit, kind, channel and district."""
