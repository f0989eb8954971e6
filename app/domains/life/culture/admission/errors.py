"""What can go wrong at the door.

Outcome
├── TicketCodeMalformed     no code of a ticket
├── TicketCodeUnknown       never given, replaced by a newer one, or of another house
├── TicketCodeExpired       a code lives a minute: have another one shown
├── TicketCodeUsed          this very code was read before
├── TicketUsed              its ticket was: `used_at`
├── TicketNotGood           it was returned, or what it is for was cancelled
├── AdmissionNotYet         the doors open `opens_at`
└── AdmissionOver           what it was for is over
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Outcome


class TicketCodeMalformed(Outcome):
    pass


class TicketCodeUnknown(Outcome):
    pass


class TicketCodeExpired(Outcome):
    pass


class TicketCodeUsed(Outcome):
    pass


@dataclass(eq=False)
class TicketUsed(Outcome):
    used_at: datetime


class TicketNotGood(Outcome):
    pass


@dataclass(eq=False)
class AdmissionNotYet(Outcome):
    opens_at: datetime


class AdmissionOver(Outcome):
    pass
