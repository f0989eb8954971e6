"""The desk, and time: deciding disputes, and what becomes of those who let a deadline pass."""
