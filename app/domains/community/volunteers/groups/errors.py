"""What can stand in the way of a group.

Outcome
├── VolunteerGroupUnknown   no such group, or not one of yours
├── VolunteerGroupInvalid   `field` is missing or cannot be so
├── VolunteerGroupSettled   somebody has decided about it already
└── VolunteerGroupClosed    it takes nobody and does nothing (any more)
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class VolunteerGroupUnknown(Outcome):
    pass


@dataclass(eq=False)
class VolunteerGroupInvalid(Outcome):
    field: str


class VolunteerGroupSettled(Outcome):
    pass


class VolunteerGroupClosed(Outcome):
    pass
