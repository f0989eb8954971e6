"""What a ride costs its passenger, and with what it is paid."""
