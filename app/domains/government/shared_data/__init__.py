"""Shared data: what departments hold of a citizen and tell each other, so that nobody brings a proof of it.

`sets` says what there is, `accesses` which organisation may ask for which fields and what for, `consents` what the
citizen has agreed to, `fetches` asks for it and enters each look in the citizen's ledger.
"""
