"""What time does to cases, as the worker looks at each whose moment has come."""
