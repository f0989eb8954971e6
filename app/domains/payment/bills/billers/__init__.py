"""Billers: who sends bills, how their account numbers look, and whether they push or are asked."""
