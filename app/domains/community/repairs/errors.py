"""What can stand in the way of a repair.

Outcome
├── RepairInvalid          `field` is missing or cannot be so
├── RepairUnknown          no such repair, or it is not yours
├── RepairStateWrong       it is in another state (`state`)
├── RepairRated            it was rated; that is done once
├── RepairHandedOver       the city has it already, as case `number`
├── RepairGradeInvalid     from 1 to 5
└── TooManyRepairs         so many open ones at a time
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


@dataclass(eq=False)
class RepairInvalid(Outcome):
    field: str


class RepairUnknown(Outcome):
    pass


@dataclass(eq=False)
class RepairStateWrong(Outcome):
    state: str


class RepairRated(Outcome):
    pass


@dataclass(eq=False)
class RepairHandedOver(Outcome):
    number: str


class RepairGradeInvalid(Outcome):
    pass


@dataclass(eq=False)
class TooManyRepairs(Outcome):
    most: int
