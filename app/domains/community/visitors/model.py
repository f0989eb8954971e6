"""A visitor's pass: for whom, when, how often, through which gates.

The guest shows a code that changes each half minute (`offline.py`); the gate takes each code once and each entry of the
pass once. A pass is active until it is revoked; that it is used up or over follows from its numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.errors import Outcome
from app.domains.community.estates.model import EstateRules
from app.domains.community.visitors.errors import (
    PassInvalid,
    PassRevoked,
    PassTooEarly,
    PassTooLate,
    PassUsed,
    PassWrongGate,
)

LONGEST_GUEST, MOST_GATES = 30, 20
AHEAD = timedelta(days=30)
_BEGUN = timedelta(minutes=5)
# GA 36-2018: a province, a letter, then five characters, or six of a new-energy vehicle.
_PLATE = re.compile(r"[一-鿿][A-Z][A-Z0-9]{4,5}[A-Z0-9挂学警港澳]")


class Standing(StrEnum):
    """How a pass stands at a moment."""

    EARLY = "early"
    GOOD = "good"
    USED = "used"
    OVER = "over"
    REVOKED = "revoked"


def parsed_plate(raw: str) -> str:
    """A number plate in capitals, without blanks and dots. Raises PassInvalid."""
    text = re.sub(r"[\s·.-]", "", raw).upper()
    if not _PLATE.fullmatch(text):
        raise PassInvalid("plate")
    return text


@dataclass(frozen=True, slots=True)
class Invitation:
    """What somebody asks a pass for. `phone` in E.164; `gates`: by their codes, none are all of the estate."""

    guest: str
    begins: datetime
    ends: datetime
    entries: int = 1
    phone: str | None = None
    plate: str | None = None
    gates: tuple[str, ...] = ()

    def checked(self, rules: EstateRules, now: datetime) -> Invitation:
        """Tidied. Raises PassInvalid."""
        guest = " ".join(self.guest.split())
        if not 1 <= len(guest) <= LONGEST_GUEST or not guest.isprintable():
            raise PassInvalid("guest")
        if not now - _BEGUN <= self.begins <= now + AHEAD:
            raise PassInvalid("begins")
        if not timedelta(0) < self.ends - self.begins <= timedelta(hours=rules.longest_hours) or self.ends <= now:
            raise PassInvalid("ends")
        if not 1 <= self.entries <= rules.most_entries:
            raise PassInvalid("entries")
        plate = parsed_plate(self.plate) if self.plate else None
        if len(self.gates) > MOST_GATES:
            raise PassInvalid("gates")
        return replace(self, guest=guest, plate=plate, gates=tuple(sorted(set(self.gates))))


@dataclass(frozen=True, slots=True)
class VisitorPass:
    """`guest`, `phone`, `plate` and `link` are none when whoever made it has left the city. `link` is the secret of
    the guest's page. `used` can be more than `entries`: gates without network do not hear of each other.
    """

    id: str
    citizen: str
    residency: str
    estate: str
    household: str
    begins: datetime
    ends: datetime
    entries: int
    made_at: datetime
    guest: str | None = None
    phone: str | None = None
    plate: str | None = None
    gates: tuple[str, ...] = ()
    used: int = 0
    revoked_at: datetime | None = None
    link: str | None = None

    @property
    def left(self) -> int:
        return max(0, self.entries - self.used)

    def standing(self, now: datetime) -> Standing:
        if self.revoked_at is not None:
            return Standing.REVOKED
        if self.used >= self.entries:
            return Standing.USED
        if now >= self.ends:
            return Standing.OVER
        return Standing.EARLY if now < self.begins else Standing.GOOD

    def demand_good(self, now: datetime) -> None:
        """Raises PassRevoked, PassUsed, PassTooLate, PassTooEarly."""
        refused = refusal(self.standing(now), self.entries, self.begins, self.ends)
        if refused is not None:
            raise refused

    def demand_shown(self, now: datetime) -> None:
        """Whether its page is worth sending, now or before it begins. Raises PassRevoked, PassUsed, PassTooLate."""
        self.demand_good(max(now, self.begins))

    def demand_gate(self, gate: str) -> None:
        """By the gate's code. Raises PassWrongGate."""
        demand_gate(self.gates, gate)


def refusal(standing: Standing, entries: int, begins: datetime, ends: datetime) -> Outcome | None:
    """Why a pass that stands like this opens no gate."""
    return {
        Standing.REVOKED: PassRevoked(),
        Standing.USED: PassUsed(entries),
        Standing.OVER: PassTooLate(ends),
        Standing.EARLY: PassTooEarly(begins),
        Standing.GOOD: None,
    }[standing]


def demand_gate(gates: tuple[str, ...], gate: str) -> None:
    """Raises PassWrongGate."""
    if gates and gate not in gates:
        raise PassWrongGate
