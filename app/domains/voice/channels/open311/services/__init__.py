"""Categories as Open311 lists them: services, and what each asks."""
