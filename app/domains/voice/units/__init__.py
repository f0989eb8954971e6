"""The units that handle cases, and what is told upwards as time passes."""
