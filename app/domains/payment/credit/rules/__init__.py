"""What a score is made of: the published factors, how much each weighs, and which line comes of which score."""
