"""What can stand in the way of an activity, and of a place in it.

Outcome
├── ActivityUnknown       no such activity, or not one of yours
├── ActivityInvalid       `field` is missing or cannot be so
├── ActivityNotOpen       it is not in a state for this: `state`
├── ActivityListFull      nobody more can wait for a place
└── NotSignedUp           one has no place in it
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class ActivityUnknown(Outcome):
    pass


@dataclass(eq=False)
class ActivityInvalid(Outcome):
    field: str


@dataclass(eq=False)
class ActivityNotOpen(Outcome):
    state: str


class ActivityListFull(Outcome):
    pass


class NotSignedUp(Outcome):
    pass
