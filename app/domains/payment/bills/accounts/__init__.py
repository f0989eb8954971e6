"""Accounts at billers, whoever has bound them: number, holder, and when the biller was last asked."""
