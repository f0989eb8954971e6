"""Stations: where air and water are measured, and by whom."""
