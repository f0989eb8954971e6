"""What can stand in the way of checking in or out.

Outcome
├── CheckInCodeUnknown   no code of an activity, or for the other way
├── CheckInCodeStale     the code on the organiser's screen is another one by now
├── CheckInTooEarly      it can be done from `opens_at` on
├── CheckInOver          it could be done until `closed_at`
├── CheckInTooFar        somebody is `metres` away, and may be `within`
├── FixTooCoarse         the phone does not know well enough where it is: `most` metres are let pass
├── AlreadyElsewhere     one is checked in at another `activity` (its title)
├── NotCheckedIn         one has not checked in there
└── CheckInFlagUnknown   no such finding, or somebody has decided about it
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Outcome


class CheckInCodeUnknown(Outcome):
    pass


class CheckInCodeStale(Outcome):
    pass


@dataclass(eq=False)
class CheckInTooEarly(Outcome):
    opens_at: datetime


@dataclass(eq=False)
class CheckInOver(Outcome):
    closed_at: datetime


@dataclass(eq=False)
class CheckInTooFar(Outcome):
    metres: int
    within: int


@dataclass(eq=False)
class FixTooCoarse(Outcome):
    most: int


@dataclass(eq=False)
class AlreadyElsewhere(Outcome):
    activity: str


class NotCheckedIn(Outcome):
    pass


class CheckInFlagUnknown(Outcome):
    pass
