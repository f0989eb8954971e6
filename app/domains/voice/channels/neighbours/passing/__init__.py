"""Passing on what lies in a neighbouring city, as soon as it is filed."""
