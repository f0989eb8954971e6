"""What becomes of a red packet that nobody opened to the end."""
