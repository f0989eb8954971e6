"""My voice: the city's cases from the first word to the citizen's last, its grid, its assets, its conversations."""
