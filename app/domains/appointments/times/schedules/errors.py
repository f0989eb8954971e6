"""What can be wrong with a schedule or an exception from it."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class WindowInvalid(Outcome):
    """A window lies within one day, holds at least one slot of 5 to 240 minutes, and 1 to 50 seats a slot. `weekday`
    says which.
    """

    weekday: int


@dataclass(eq=False)
class WindowsOverlap(Outcome):
    """Two windows of one weekday overlap."""

    weekday: int


class ReleaseInvalid(Outcome):
    """Times are given out 0 to 60 days before."""


class ScheduleUnknown(Outcome):
    """The resource has no schedule."""


class DayOutOfReach(Outcome):
    """The day is over, or more than a year ahead."""
