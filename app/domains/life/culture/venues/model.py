"""A house of culture and its halls. A hall has rows of numbered seats, or room for so many who stand or sit anywhere.

A seat is named by its row and its number in it: `C-12`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.places.model import Point
from app.core.said import UNSAID, Said
from app.domains.life.culture.venues.errors import CultureInvalid, HallUnknown

MOST_HALLS, MOST_ROWS, MOST_IN_ROW, MOST_ROOM = 20, 60, 80, 5_000
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_ROW = re.compile(r"[A-Z0-9]{1,3}")
_LONGEST = 80


class CultureVenueKind(StrEnum):
    MUSEUM = "museum"
    THEATRE = "theatre"
    GYMNASIUM = "gymnasium"
    LIBRARY = "library"
    GALLERY = "gallery"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class SeatRow:
    label: str
    seats: int


@dataclass(frozen=True, slots=True)
class Hall:
    """With `rows` its seats are numbered; without, `room` is how many it takes."""

    code: str
    name: Said
    rows: tuple[SeatRow, ...] = ()
    room: int = 0

    @property
    def numbered(self) -> bool:
        return bool(self.rows)

    @property
    def capacity(self) -> int:
        return sum(row.seats for row in self.rows) if self.rows else self.room

    def places(self, room: int | None = None) -> Iterator[str]:
        """The names of all its places: seats by row and number, and otherwise plain numbers up to `room`."""
        if self.rows:
            yield from (f"{row.label}-{n}" for row in self.rows for n in range(1, row.seats + 1))
        else:
            yield from (f"{n:05d}" for n in range(1, (room or self.room) + 1))

    def demand_fit(self) -> None:
        """Raises CultureInvalid."""
        demand(_CODE.fullmatch(self.code) is not None, "halls.code")
        demand_said(self.name, "halls.name")
        demand(len(self.rows) <= MOST_ROWS, "halls.rows")
        demand(len({row.label for row in self.rows}) == len(self.rows), "halls.rows")
        for row in self.rows:
            demand(_ROW.fullmatch(row.label) is not None and 1 <= row.seats <= MOST_IN_ROW, "halls.rows")
        demand(1 <= self.capacity <= MOST_ROOM and (not self.rows or not self.room), "halls.room")


@dataclass(frozen=True, slots=True)
class CultureVenue:
    """`organisation` keeps it, and sells its tickets. `hours` are words for people."""

    id: str
    organisation: str
    kind: CultureVenueKind
    name: Said
    address: Said
    point: Point
    halls: tuple[Hall, ...]
    hours: Said = UNSAID
    words: Said = UNSAID
    phone: str = ""
    active: bool = True

    def hall(self, code: str) -> Hall:
        """Raises HallUnknown."""
        found = next((hall for hall in self.halls if hall.code == code), None)
        if found is None:
            raise HallUnknown
        return found

    def checked(self) -> CultureVenue:
        """Raises CultureInvalid."""
        demand(_CODE.fullmatch(self.id) is not None, "code")
        demand_said(self.name, "name")
        demand_said(self.address, "address")
        demand(len(self.phone) <= 20 and (not self.phone or self.phone.isprintable()), "phone")
        for text, field in ((self.hours, "hours"), (self.words, "words")):
            demand(len(text.zh) <= 1_000 and len(text.en) <= 2_000, field)
        demand(1 <= len(self.halls) <= MOST_HALLS, "halls")
        demand(len({hall.code for hall in self.halls}) == len(self.halls), "halls.code")
        for hall in self.halls:
            hall.demand_fit()
        return self


def rows_of(seats: Iterable[str], order: Sequence[str]) -> tuple[SeatRow, ...]:
    """The rows that these seats stand in; in this order, and what it does not name after those."""
    long = Counter(seat.rpartition("-")[0] for seat in seats)
    known = {label: n for n, label in enumerate(order)}
    labels = sorted(long, key=lambda label: (known.get(label, len(known)), len(label), label))
    return tuple(SeatRow(label, long[label]) for label in labels)


def demand(fit: bool, field: str) -> None:
    """Raises CultureInvalid."""
    if not fit:
        raise CultureInvalid(field)


def demand_said(text: Said, field: str, longest: int = _LONGEST) -> None:
    """A text that must be there in Chinese. Raises CultureInvalid."""
    demand(1 <= len(text.zh.strip()) <= longest and len(text.en) <= 2 * longest, field)
    demand(text.zh.isprintable() and text.en.isprintable(), field)
