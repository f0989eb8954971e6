"""What collecting does with a payment that is captured or has ended, in the transaction of that."""
