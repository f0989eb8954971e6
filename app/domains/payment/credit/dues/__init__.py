"""What is due on a credit line, by when, and how it is repaid."""
