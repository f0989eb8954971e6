"""What is asked of requests: by number, or by service, time, place and status."""
