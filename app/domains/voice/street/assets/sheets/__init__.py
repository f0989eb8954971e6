"""Sheets of codes to print and stick on: QR, number, what it is and where, on A4."""
