"""What is told to departments, one errand after the other, and what they say in return."""
