"""Files of many rows into the city: read line by line, checked as a whole, written batch by batch, and resumable.

A room says what a line means (`FileImport`); how a file is read, how far it came and what becomes of a killed import
is the same for all.
"""
