"""The round that settles a day: payee by payee, each in its own transaction."""
