"""What the city owes to those who are paid through it, and how it reaches their banks: a day after, payee by payee."""
