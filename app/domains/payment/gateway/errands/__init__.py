"""What refunds and payouts at the gateway have in common: asked for, worked on there, done or failed once."""
