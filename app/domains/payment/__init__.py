"""My payment: money and points on one ledger, and what citizens pay with them."""
