"""Codes that a citizen shows to pay: eighteen digits, a minute long, good for one charge."""
