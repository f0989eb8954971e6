"""The end of points: told a month before, and carried out."""
