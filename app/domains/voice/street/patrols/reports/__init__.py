"""What an officer reports from the field: a case that is accepted at once, since he saw it himself."""
