"""Counters: who is open for which queues, and calls whom."""
