"""Leaders of groups, who show the rotating code on their own phones."""
