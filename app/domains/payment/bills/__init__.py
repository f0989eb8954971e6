"""Bills: what billers ask of citizens, found by the accounts that citizens bind, paid, and receipted."""
