"""What is on: events and their sessions, from draft to published, moved or cancelled."""
