"""Plates of residents, and the car park of an estate.

A plate is found by its keyed hash; in clear only whoever registered it sees it. Who is in is kept by that hash alone,
and goes when the car does. Residents are let in always; visitors while a bay is free that the estate leaves to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domains.community.parking.errors import CarPlateInvalid
from app.domains.community.visitors.errors import PassInvalid
from app.domains.community.visitors.model import parsed_plate

MOST_PLATES = 5
# Two cameras read one car, or one reads it twice: that is one entry.
READ_TWICE = timedelta(minutes=1)
# A visitor's car of which the pass ended so long ago has left unseen.
GONE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ResidentPlate:
    """`plate` is none when its citizen has left the city."""

    id: str
    citizen: str
    residency: str
    estate: str
    household: str
    plate: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class CarPark:
    """`inside` as counted by the gates, `visitors` among them; people find their way in behind others, so it can be
    more than `bays`.
    """

    estate: str
    bays: int
    inside: int = 0
    visitors: int = 0
    visitor_bays: int | None = None

    @property
    def free(self) -> int:
        return max(0, self.bays - self.inside)

    @property
    def visitor_free(self) -> int:
        """Bays that a visitor could take."""
        mine = self.bays if self.visitor_bays is None else self.visitor_bays
        return max(0, min(self.free, mine - self.visitors))


@dataclass(frozen=True, slots=True)
class ParkedCar:
    """One that is in. `until`: after when a visitor's has left unseen."""

    at: datetime
    visitor: bool
    until: datetime | None = None

    def just_came(self, now: datetime) -> bool:
        return now - self.at < READ_TWICE


@dataclass(frozen=True, slots=True)
class Passed:
    """What a gate is told of a car. `visitor`: it is awaited by somebody; `left`: entries of that pass, none of one
    that was read twice. `known` is false of one that leaves and that no gate saw come. `bays`: the numbers of those
    that its home has.
    """

    visitor: bool
    free: int
    left: int | None = None
    known: bool = True
    visitor_free: int = 0
    bays: tuple[str, ...] = ()


def plate_of(raw: str) -> str:
    """Raises CarPlateInvalid."""
    try:
        return parsed_plate(raw)
    except PassInvalid:
        raise CarPlateInvalid from None
