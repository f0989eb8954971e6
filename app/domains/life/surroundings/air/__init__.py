"""The air quality index: what concentrations mean for who breathes them."""
