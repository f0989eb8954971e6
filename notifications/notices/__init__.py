"""What a provider tells one citizen."""
