"""What differs, who has taken it in hand, and how it was put right."""
