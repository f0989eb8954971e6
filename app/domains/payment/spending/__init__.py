"""What a citizen spends by code in a day: limits by how surely it is he who pays."""
