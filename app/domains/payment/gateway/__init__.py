"""The payment gateway: orders that citizens pay on its page, refunds of them, payouts to banks."""
