"""A grant: an organisation gives points to a citizen for something, out of a budget that the city gave it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.core.errors import BadInput
from app.domains.payment.points.model import POINT, points_of

# The most for one thing, and the most that one person earns on one day, from whomever.
MOST_A_GRANT = 500
MOST_A_DAY = 1_000
_WHAT, _REFERENCE = 60, 64


class GrantReason(StrEnum):
    VOLUNTEERING = "volunteering"
    ACTIVITY = "activity"
    GOOD_DEED = "good_deed"


class GrantState(StrEnum):
    GIVEN = "given"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Recipient:
    """By a look-up of the organisation's own, or by the number of the card that was shown to it: one of the two."""

    verification: str | None = None
    card_number: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """`reference` is the organisation's own number of it; `what` is read by the citizen."""

    reference: str
    fen: int
    reason: GrantReason
    what: str

    @classmethod
    def of(cls, reference: str, points: int, reason: GrantReason, what: str) -> Wish:
        """Raises BadInput."""
        named, said = reference.strip(), " ".join(what.split())
        if not 1 <= len(named) <= _REFERENCE or not named.isprintable():
            raise BadInput(field="reference")
        if not 1 <= len(said) <= _WHAT or not said.isprintable():
            raise BadInput(field="what")
        return cls(named, points_of(points, most=MOST_A_GRANT), reason, said)


@dataclass(frozen=True, slots=True)
class Grant:
    """`transfer` is what it did to the ledger. `what` is none when its citizen has left."""

    id: str
    organisation: str
    reference: str
    citizen: str
    fen: int
    reason: GrantReason
    what: str | None
    at: datetime
    transfer: str
    state: GrantState = GrantState.GIVEN

    @property
    def points(self) -> int:
        return self.fen // POINT

    def is_of(self, citizen: str, wish: Wish) -> bool:
        """Whether this is what is asked for again."""
        said = (self.citizen, self.fen, self.reason)
        return said == (citizen, wish.fen, wish.reason) and self.what in (None, wish.what)


def grant_id(organisation: str, reference: str) -> str:
    """One reference, one grant: the id is made of both."""
    return hashlib.sha256(f"{organisation}\0{reference}".encode()).hexdigest()[:40]


@dataclass(frozen=True, slots=True)
class Budget:
    """What an organisation may give, and how much of it is left."""

    organisation: str
    given: int
    left: int
    changed_at: datetime

    @property
    def used(self) -> int:
        return self.given - self.left
