"""Why a time cannot be had."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.errors import Outcome


class SlotUnknown(Outcome):
    """No such time, or not for this service."""


class SlotPast(Outcome):
    """The time has begun or is over."""


class SlotClosed(Outcome):
    """The venue does not receive at that time (any more)."""


@dataclass(eq=False)
class NotReleasedYet(Outcome):
    """Times of that day are given out at `opens_at`."""

    opens_at: datetime


@dataclass(eq=False)
class SlotTaken(Outcome):
    """Nothing is free at that time; `alternatives` are the next free slots of the service."""

    alternatives: tuple[Any, ...] = ()


class DaysTooMany(Outcome):
    """Slots are listed for 1 to 31 days at a time."""


class SameSlot(Outcome):
    """The booking is at that time already."""
