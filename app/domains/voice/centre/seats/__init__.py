"""The seats of the 12345 centre: what waits for them, and each step that is theirs."""
