"""The directory of convenience services: places of eight classes, found by words, by distance and by what is open now;
rated by people, answered by who runs them, corrected by citizens.
"""
