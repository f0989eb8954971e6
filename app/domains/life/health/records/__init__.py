"""Health records: read where they are kept, entered in the ledger, and not kept here."""
