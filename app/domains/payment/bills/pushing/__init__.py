"""What billers push: bills in batches, changes, withdrawals."""
