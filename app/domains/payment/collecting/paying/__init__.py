"""Paying by a code that a merchant shows, and making such codes."""
