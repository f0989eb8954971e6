"""Patrol routes of volunteers: points on a way, which those who walk it pass one by one."""
