"""What can stand in the way of an appeal against a score.

Outcome
├── CreditAppealExists     one waits for its answer already
├── CreditAppealUnknown    no such appeal
├── CreditAppealSettled    it was answered before
└── CreditAppealInvalid    out of its bounds: `field` says what
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class CreditAppealExists(Outcome):
    pass


class CreditAppealUnknown(Outcome):
    pass


class CreditAppealSettled(Outcome):
    pass


@dataclass(eq=False)
class CreditAppealInvalid(Outcome):
    field: str
