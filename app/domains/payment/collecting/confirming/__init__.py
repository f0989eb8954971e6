"""A payer is asked before a charge goes through: he confirms or declines it, or lets the minute pass."""
