"""What can stand in the way of hours.

Outcome
├── VolunteerHoursUnknown       no such entry, or not one of yours
├── VolunteerHoursInvalid       `field` is missing or cannot be so
├── VolunteerHoursNotReady      this cannot be done with them now: `state`
└── VolunteerHoursNeedAnother   whoever wrote so many hours cannot confirm them himself
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class VolunteerHoursUnknown(Outcome):
    pass


@dataclass(eq=False)
class VolunteerHoursInvalid(Outcome):
    field: str


@dataclass(eq=False)
class VolunteerHoursNotReady(Outcome):
    state: str


class VolunteerHoursNeedAnother(Outcome):
    pass
