"""What the payer is told, which is less than what the desk is told.

Outcome
├── PaymentRefused      a rule refuses it; which one is for the desk to know
├── PayerBlocked        nothing is taken from this payer for now; he may call the city's line
├── PayerUnknown        no such citizen (to the desk)
├── PayerBlockedAlready (to the desk)
└── PayerNotBlocked     (to the desk)
"""

from __future__ import annotations

from app.core.errors import Outcome


class PaymentRefused(Outcome):
    pass


class PayerBlocked(Outcome):
    pass


class PayerUnknown(Outcome):
    pass


class PayerBlockedAlready(Outcome):
    pass


class PayerNotBlocked(Outcome):
    pass
