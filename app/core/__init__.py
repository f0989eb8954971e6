"""What every room stands on: clock, ids, errors, database, outbox, sealing. No rule of the city lives here."""
