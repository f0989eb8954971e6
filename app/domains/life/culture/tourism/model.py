"""A sight, how crowded it is, and routes that lead past several in a day.

How crowded: people inside, of as many as may be there at a time (最大承载量, 旅游法 article 45). From 80 % on people
are warned, at 100 % nobody else is let in; what was counted more than half an hour ago says nothing of now.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from app.core.places.model import Point
from app.core.said import UNSAID, Said
from app.domains.life.culture.tourism.errors import DayRouteInvalid, SightInvalid
from app.domains.life.directory.hours.model import Hours

STALE = timedelta(minutes=30)
WARN, SHUT = 80, 100
MOST_STOPS, MOST_PEOPLE = 12, 500_000
_WALK = 4_500 / 60  # metres a minute
_DETOUR = 1.3  # streets are longer than the line
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class CrowdLevel(StrEnum):
    UNKNOWN = "unknown"
    QUIET = "quiet"
    BUSY = "busy"
    WARNING = "warning"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Sight:
    """`organisation` runs it and counts its visitors; `room` people may be there at a time. `minutes` is how long one
    stays; `fen` None: nobody said what it costs, 0: nothing.
    """

    id: str
    organisation: str
    name: Said
    address: Said
    point: Point
    hours: Hours
    room: int
    words: Said = UNSAID
    minutes: int = 60
    fen: int | None = None
    phone: str = ""
    rank: int = 0
    active: bool = True

    def checked(self) -> Sight:
        """Raises SightInvalid."""
        _demand(_CODE.fullmatch(self.id) is not None, "code")
        for text, field in ((self.name, "name"), (self.address, "address")):
            _demand(1 <= len(text.zh.strip()) <= 80 and len(text.en) <= 160 and text.zh.isprintable(), field)
        _demand(len(self.words.zh) <= 2_000 and len(self.words.en) <= 4_000, "words")
        _demand(1 <= self.room <= MOST_PEOPLE, "room")
        _demand(10 <= self.minutes <= 600, "minutes")
        _demand(self.fen is None or 0 <= self.fen <= 500_000, "price")
        _demand(len(self.phone) <= 20 and 0 <= self.rank <= 1_000, "phone")
        return self


@dataclass(frozen=True, slots=True)
class Crowd:
    """`people` inside, counted `at`."""

    people: int
    at: datetime

    def stale(self, now: datetime) -> bool:
        return now - self.at > STALE

    def percent(self, room: int) -> int:
        """Rounded down, so that it is full when it is."""
        return min(999, self.people * 100 // room)


def level_of(crowd: Crowd | None, room: int, now: datetime) -> CrowdLevel:
    if crowd is None or crowd.stale(now):
        return CrowdLevel.UNKNOWN
    percent = crowd.percent(room)
    if percent >= SHUT:
        return CrowdLevel.FULL
    if percent >= WARN:
        return CrowdLevel.WARNING
    return CrowdLevel.BUSY if percent >= WARN // 2 else CrowdLevel.QUIET


def parsed_people(people: int) -> int:
    """Raises SightInvalid."""
    _demand(0 <= people <= MOST_PEOPLE, "people")
    return people


@dataclass(frozen=True, slots=True)
class DayRoute:
    """Sights in the order in which one goes to them."""

    id: str
    name: Said
    stops: tuple[str, ...]
    words: Said = UNSAID
    rank: int = 0
    active: bool = True

    def checked(self) -> DayRoute:
        """Raises DayRouteInvalid."""
        fit = 2 <= len(self.stops) <= MOST_STOPS and len(set(self.stops)) == len(self.stops)
        if not fit or not _CODE.fullmatch(self.id) or not 1 <= len(self.name.zh.strip()) <= 80:
            raise DayRouteInvalid
        return self


@dataclass(frozen=True, slots=True)
class Leg:
    """From the stop before to this one, on foot."""

    metres: int
    minutes: int


def legs(points: Sequence[Point]) -> list[Leg]:
    """Of a way through all of them: the first one is at its beginning."""
    found = [Leg(0, 0)] if points else []
    for here, there in pairwise(points):
        metres = round(here.metres_to(there) * _DETOUR)
        found.append(Leg(metres, round(metres / _WALK)))
    return found


def _demand(fit: bool, field: str) -> None:
    if not fit:
        raise SightInvalid(field)
