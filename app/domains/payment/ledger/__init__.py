"""The ledger: double entry. Whatever money or points do in the city is a transfer here, and nowhere else."""
