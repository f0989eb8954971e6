"""Calls for help to those who are near: who was called, who comes, who is there."""
