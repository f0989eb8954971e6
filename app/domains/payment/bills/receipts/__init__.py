"""Receipts: a number, the lines, and a code by which anybody can check them."""
