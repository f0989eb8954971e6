"""Payouts to bank accounts: withdrawals of citizens, settlements of merchants."""
