"""What citizens propose to put right."""
