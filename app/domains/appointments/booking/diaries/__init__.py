"""Diaries: what one person has open and has missed, in one row, so that limits hold under any haste."""
