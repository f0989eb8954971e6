"""Files that citizens hand in: taken under limits, read in a limited process, written anew, kept sealed."""
