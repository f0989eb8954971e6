"""What follows when an activity is cancelled, or has more room than before."""
