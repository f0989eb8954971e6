"""My life: home, directory, transit, health, surroundings, culture."""
