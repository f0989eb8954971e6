"""The disclosure ledger: every look at a citizen, seen by the citizen and open to dispute."""
