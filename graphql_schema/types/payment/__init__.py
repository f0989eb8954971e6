"""Types of my payment, one file a noun."""

from __future__ import annotations

import strawberry

from app.domains.payment.ledger.model import TransferKind

# Here, because several nouns show it, whichever of them is read first.
strawberry.enum(TransferKind, description="What money moved for.")
