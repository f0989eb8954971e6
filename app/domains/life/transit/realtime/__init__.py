"""What is heard of trips under way (GTFS-Realtime)."""
