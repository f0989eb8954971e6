"""The centre's steps."""
