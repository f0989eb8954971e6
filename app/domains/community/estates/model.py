"""An estate (小区): whose it is, its rules, its buildings and homes.

An estate belongs to a residents' committee (居委会) and is looked after by a property company; both are organisations
of the city's tree. A home is named by its building and its room, as it stands on the door.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.core.places.model import Point
from app.core.said import Said
from app.domains.community.estates.errors import EstateInvalid, EstateReasonMissing

LONGEST_NAME, LONGEST_ADDRESS, LONGEST_REASON = 60, 120, 200
MOST_BAYS = 20_000
_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]")
# A building or a room as it stands on the door: 3, 12A, 3幢2单元, 501, B1-07.
_DOOR = re.compile(r"[0-9A-Za-z一-鿿][0-9A-Za-z一-鿿-]{0,19}")


class EstateState(StrEnum):
    ACTIVE = "active"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class EstateRules:
    """What the estate has settled for its homes. `passes_a_day` by home, `most_entries` and `longest_hours` by pass;
    `log_days`: for how long it is kept who came in. `visitor_bays`: how many of the bays visitors may take; none is any
    that is free.
    """

    passes_a_day: int = 10
    most_entries: int = 10
    longest_hours: int = 72
    log_days: int = 30
    visitor_bays: int | None = None

    def checked(self) -> EstateRules:
        """Raises EstateInvalid."""
        bounds = {"passesADay": (1, 50), "mostEntries": (1, 50), "longestHours": (1, 24 * 31), "logDays": (1, 180)}
        given = (self.passes_a_day, self.most_entries, self.longest_hours, self.log_days)
        for (name, (least, most)), value in zip(bounds.items(), given, strict=True):
            if not least <= value <= most:
                raise EstateInvalid(name)
        if self.visitor_bays is not None and not 0 <= self.visitor_bays <= MOST_BAYS:
            raise EstateInvalid("visitorBays")
        return self


@dataclass(frozen=True, slots=True)
class Estate:
    """`code` is the key. `rev` counts its changes. `bays`: how many cars can be left, 0 where there is no car park."""

    code: str
    name: Said
    committee: str
    company: str
    point: Point
    address: str
    rules: EstateRules = field(default_factory=EstateRules)
    bays: int = 0
    state: EstateState = EstateState.ACTIVE
    rev: int = 0

    @property
    def active(self) -> bool:
        return self.state is EstateState.ACTIVE

    @property
    def units(self) -> tuple[str, ...]:
        """Whose it is."""
        return (self.committee, self.company)

    def turned(self, active: bool) -> Estate:
        """Kept on as it is, and closed: nobody moves in, and nothing is let in by its gates."""
        state = EstateState.ACTIVE if active else EstateState.CLOSED
        return replace(self, state=state, rev=self.rev + 1)

    def checked(self) -> Estate:
        """Tidied. Raises EstateInvalid."""
        if not _CODE.fullmatch(self.code):
            raise EstateInvalid("code")
        name = Said(_words(self.name.zh, "name", LONGEST_NAME), " ".join(self.name.en.split())[:LONGEST_NAME])
        address = _words(self.address, "address", LONGEST_ADDRESS)
        if not 0 <= self.bays <= MOST_BAYS:
            raise EstateInvalid("bays")
        return replace(self, name=name, address=address, rules=self.rules.checked())


@dataclass(frozen=True, slots=True)
class Amendment:
    """What an estate's keepers may change of it, over its revision `rev`."""

    name: Said
    address: str
    point: Point
    rules: EstateRules
    bays: int
    rev: int

    def of(self, was: Estate) -> Estate:
        return replace(was, name=self.name, address=self.address, point=self.point, rules=self.rules, bays=self.bays)


@dataclass(frozen=True, slots=True, order=True)
class Home:
    """A door: where somebody lives, so it is sealed wherever it stands beside a citizen."""

    estate: str
    building: str
    room: str

    @property
    def id(self) -> str:
        return f"{self.estate}:{self.building}:{self.room}"

    @property
    def label(self) -> str:
        return f"{self.building} {self.room}"

    @property
    def text(self) -> str:
        """As it is sealed; no building has a line end in it."""
        return f"{self.estate}\n{self.building}\n{self.room}"

    @classmethod
    def of_text(cls, text: str) -> Home:
        estate, building, room = text.split("\n")
        return cls(estate, building, room)


def reason_of(raw: str) -> str:
    """Why something ends. Raises EstateReasonMissing."""
    text = " ".join(raw.split())[:LONGEST_REASON]
    if len(text) < 2:
        raise EstateReasonMissing
    return text


def home_of(estate: str, building: str, room: str) -> Home:
    """As it is kept. Raises EstateInvalid."""
    doors = {"building": door(building), "room": door(room)}
    for name, text in doors.items():
        if text is None:
            raise EstateInvalid(name)
    return Home(estate, doors["building"] or "", doors["room"] or "")


def door(raw: str) -> str | None:
    """A building or a room as it is kept; None when it cannot be one."""
    text = "".join(raw.split()).upper()
    return text if _DOOR.fullmatch(text) else None


def _words(raw: str, name: str, longest: int) -> str:
    text = " ".join(raw.split())
    if not 2 <= len(text) <= longest or not text.isprintable():
        raise EstateInvalid(name)
    return text
