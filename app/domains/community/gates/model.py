"""An entry in the log of a gate, and what a gate is told and tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from app.domains.community.gates.errors import EntryReasonMissing

LONGEST_REASON = 300
MOST_REPORTED = 200
CLOCK_LEEWAY = timedelta(minutes=2)
REPORTED_WITHIN = timedelta(hours=72)


class Way(StrEnum):
    """By what somebody was let in."""

    CARD = "card"  # a resident, by his card's code
    VISITOR = "visitor"  # by his pass
    PLATE = "plate"  # a resident's car


class Finding(StrEnum):
    """What was found of an entry that a gate without network had let in, when it was reported."""

    FINE = "fine"
    DOUBLE = "double"  # the very code was taken elsewhere, too
    OVERUSED = "overused"  # the pass had no entry left
    REVOKED = "revoked"  # it was revoked before
    NOT_RESIDENT = "not_resident"  # a good card of somebody who does not live here
    BARRED = "barred"  # the card was lost or revoked before
    ERASED = "erased"  # whoever made the pass has left the city
    FORGED = "forged"  # no code of this city, or one that was not good then: nothing is entered
    LATE = "late"  # reported too late: nothing is entered
    AHEAD = "ahead"  # of a time that is not yet, even by the gate's own clock: nothing is entered
    REPEATED = "repeated"  # reported before


ODD = frozenset({Finding.DOUBLE, Finding.OVERUSED, Finding.REVOKED, Finding.NOT_RESIDENT, Finding.BARRED})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a gate's log. `citizen` lives there or has invited the guest; none when nobody is known behind it.
    `heard_at`: when the city heard of it, which is later for a gate without network.
    """

    id: str
    estate: str
    gate: str
    way: Way
    at: datetime
    heard_at: datetime
    citizen: str | None = None
    household: str | None = None
    pass_id: str | None = None
    offline: bool = False
    out: bool = False
    finding: Finding = Finding.FINE

    @property
    def turn(self) -> str:
        """What it is sorted by."""
        return turn_of(self.at, self.id)


def turn_of(at: datetime, id_: str = "") -> str:
    return f"{at:%Y%m%d%H%M%S}{at.microsecond // 1000:03d}:{id_}"


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody of an estate looked at which home an entry belongs to. `by`: who it was. `reason` is none when the
    citizen whom it was about has left the city.
    """

    id: str
    citizen: str
    estate: str
    entry: str
    organisation: str
    by: str
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """What a gate is told: whom it lets in, without a name. `left`: entries of a visitor's pass."""

    entry: str
    way: Way
    at: datetime
    left: int | None = None
    plate: bool = False


@dataclass(frozen=True, slots=True)
class Reported:
    """An entry as a gate without network says it. `reference` is the gate's own; `at` by its clock."""

    reference: str
    code: str
    at: datetime

    @property
    def mark(self) -> str:
        """What it is known by when it is told again, however a gate that was started anew counts its references."""
        return sha256(f"{self.at.timestamp():.3f}\0{self.code}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Answered:
    reference: str
    finding: Finding


def worded(reason: str) -> str:
    """Raises EntryReasonMissing."""
    text = " ".join(reason.split())[:LONGEST_REASON]
    if not text:
        raise EntryReasonMissing
    return text
