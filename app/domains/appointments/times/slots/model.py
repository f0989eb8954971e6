"""Slots and their seats.

A slot is a row of its own whose seats lie in it: `capacity = free + taken + withheld` holds after every single update,
and a seat is taken by one update that asks for `free > 0`. Whether who took it holds it or has booked it, his booking
says: a confirmation does not touch the slot, which strangers quarrel about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random

from app.core.clock import CITY_TIME
from app.domains.appointments.times.slots.errors import NotReleasedYet, SlotClosed, SlotPast

_WITHHELD = (timedelta(minutes=2), timedelta(minutes=8))
MOST_DAYS = 31


class SeatKind(StrEnum):
    """TAKEN: by the booking it lies under, held, offered or booked. WITHHELD: nobody's, and kept back."""

    TAKEN = "taken"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat that is not free. `until` is when a withheld seat goes on."""

    kind: SeatKind = SeatKind.TAKEN
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """`id` is `RESOURCE/DAY/TIME`. `seats` by the booking (or the withholding) that has them. It is given out from
    `opens_at`. `number` is the house's own. `off_plan`: closed because the schedule names that time no more.
    """

    id: str
    resource: str
    venue: str
    day: date
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    capacity: int
    free: int
    walk_in: int = 0
    number: str | None = None
    closed: bool = False
    off_plan: bool = False
    seats: Mapping[str, Seat] = field(default_factory=dict)

    def demand_bookable(self, now: datetime, earlier: timedelta = timedelta(0)) -> None:
        """Raises SlotPast, SlotClosed, NotReleasedYet."""
        if self.starts_at <= now:
            raise SlotPast
        if self.closed:
            raise SlotClosed
        if self.opens_at - earlier > now:
            raise NotReleasedYet(opens_at=self.opens_at - earlier)

    @property
    def remaining(self) -> int:
        return 0 if self.closed else self.free

    def due(self, now: datetime) -> list[str]:
        """Keys of seats that were kept back long enough."""
        withheld = ((key, seat.until) for key, seat in self.seats.items() if seat.kind is SeatKind.WITHHELD)
        return [key for key, until in withheld if until is not None and until <= now]


def slot_id(resource: str, starts_at: datetime) -> str:
    local = starts_at.astimezone(CITY_TIME)
    return f"{resource}/{local:%Y-%m-%d}/{local:%H%M}"


def withheld_until(now: datetime, random: Random) -> datetime:
    """A seat given up comes back at a moment nobody can plan with: after two to eight minutes."""
    shortest, longest = _WITHHELD
    return now + shortest + (longest - shortest) * random.random()
