"""The ops desk: endpoints for the staff of the city centre."""
