"""Venues, their resources (a counter, a doctor, a room) and the services that can be booked with them.

An organisation names each by a code of its own; the id is made of both, so that saving twice is saving once. What was
made in test mode has ids of its own and is seen by test citizens only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from app.core.said import UNSAID, Said
from app.domains.appointments.times.venues.errors import PlaceInvalid, VenueCodeInvalid

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_EARTH = 6_371_000
MOST_OPEN = 2


class VenueKind(StrEnum):
    HALL = "hall"
    HOSPITAL = "hospital"
    VACCINATION = "vaccination"
    REGISTRY = "registry"
    OTHER = "other"


class ResourceKind(StrEnum):
    COUNTER = "counter"
    DOCTOR = "doctor"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class Place:
    """WGS 84, in degrees."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        """Raises PlaceInvalid."""
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise PlaceInvalid

    def metres_to(self, other: Place) -> int:
        """By the great circle (haversine): near enough to sort by."""
        north, south = math.radians(self.latitude), math.radians(other.latitude)
        half = (south - north) / 2, math.radians(other.longitude - self.longitude) / 2
        part = math.sin(half[0]) ** 2 + math.cos(north) * math.cos(south) * math.sin(half[1]) ** 2
        return round(2 * _EARTH * math.asin(min(1.0, math.sqrt(part))))


@dataclass(frozen=True, slots=True)
class Venue:
    """`unit` is the organisation in whose house it is when that is not the `organisation` that keeps it. A venue that
    `works_on_holidays` keeps its weekly hours whatever the calendar says. `hours` are words for people.
    """

    id: str
    organisation: str
    kind: VenueKind
    name: Said
    address: Said
    place: Place
    hours: Said = UNSAID
    phone: str = ""
    unit: str | None = None
    works_on_holidays: bool = False
    test: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True)
class Resource:
    """Who or what receives one person (or a few) at a time. `department` and `title` are a doctor's. `fee` in fen is
    asked instead of the service's.
    """

    id: str
    venue: str
    organisation: str
    kind: ResourceKind
    name: Said
    department: Said = UNSAID
    title: Said = UNSAID
    fee: int | None = None
    test: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True)
class Service:
    """What one can book at a venue, with any of its `resources`. `item` is a code of the catalogue of service items.

    `fee` in fen; 0 is free. Until `cut_off` before its start a booking can be cancelled or moved. `most_open` is how
    many open bookings of this service one person may have.
    """

    id: str
    venue: str
    organisation: str
    name: Said
    resources: tuple[str, ...]
    item: str | None = None
    bring: Said = UNSAID
    fee: int = 0
    cut_off: timedelta = timedelta(hours=2)
    most_open: int = MOST_OPEN
    test: bool = False
    active: bool = True

    def fee_with(self, resource: Resource) -> int:
        return self.fee if resource.fee is None else resource.fee


def id_of(organisation: str, code: str, *, test: bool) -> str:
    """Raises VenueCodeInvalid (1 to 40 small letters, digits and hyphens)."""
    if not _CODE.fullmatch(code):
        raise VenueCodeInvalid(given=code[:60])
    return f"{organisation}.test.{code}" if test else f"{organisation}.{code}"


def nearest(venues: Sequence[Venue], point: Place | None) -> list[Venue]:
    """Nearest first; without a point by id."""
    if point is None:
        return sorted(venues, key=lambda venue: venue.id)
    return sorted(venues, key=lambda venue: (venue.place.metres_to(point), venue.id))


@dataclass(slots=True)
class Directory:
    """All there is, by id: what a process keeps in memory."""

    venues: dict[str, Venue] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)

    def put(self, things: Iterable[Venue | Resource | Service]) -> None:
        for thing in things:
            match thing:
                case Venue():
                    self.venues[thing.id] = thing
                case Resource():
                    self.resources[thing.id] = thing
                case Service():
                    self.services[thing.id] = thing

    def services_of(self, venue: str) -> list[Service]:
        return sorted((s for s in self.services.values() if s.venue == venue and s.active), key=lambda s: s.id)

    def resources_of(self, venue: str) -> list[Resource]:
        return sorted((r for r in self.resources.values() if r.venue == venue and r.active), key=lambda r: r.id)

    def receives(self, resource: str) -> bool:
        """Whether people are received here (still): it and its venue are active."""
        found = self.resources.get(resource)
        venue = self.venues.get(found.venue) if found else None
        return found is not None and found.active and venue is not None and venue.active

    def services_with(self, resource: str) -> list[Service]:
        """What can be booked with this resource."""
        if not self.receives(resource):
            return []
        return [service for service in self.services.values() if resource in service.resources and service.active]
