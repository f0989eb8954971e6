"""Threads and posts before those who moderate."""
