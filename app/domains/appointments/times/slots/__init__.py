"""Slots: the times that can be booked, made from schedules, with their seats."""
