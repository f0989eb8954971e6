"""The rooms of the city: each holds a model, its outcomes, its store and its use cases."""
