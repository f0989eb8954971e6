"""Asking for a refund: the payee for what was paid to him, the desk for any; and taking in hand what stranded."""
