"""The places themselves, and keeping them."""
