"""Payments as they change, for who pays and who is paid."""
