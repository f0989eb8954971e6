"""What can stand in the way of a car.

Outcome
├── CarPlateInvalid      not a number plate
├── CarPlateTaken        it is registered at this estate
├── CarPlateUnknown      no such plate of yours
├── TooManyPlates        so many of one home at most
├── CarUnknown           no plate of a resident, and none of a visitor who is awaited now
├── CarParkFull          no bay is free for visitors
├── NoCarPark            the estate has none
├── BayInvalid           `field` of a bay, or of whom it is let to, cannot be so
├── BayUnknown           no such bay of yours, or nobody has it
└── BayTaken             it is a home's in that time; `until` its last day, none: until it is ended
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.core.errors import Outcome


class CarPlateInvalid(Outcome):
    pass


class CarPlateTaken(Outcome):
    pass


class CarPlateUnknown(Outcome):
    pass


@dataclass(eq=False)
class TooManyPlates(Outcome):
    most: int


class CarUnknown(Outcome):
    pass


class CarParkFull(Outcome):
    pass


class NoCarPark(Outcome):
    pass


@dataclass(eq=False)
class BayInvalid(Outcome):
    field: str


class BayUnknown(Outcome):
    pass


@dataclass(eq=False)
class BayTaken(Outcome):
    until: date | None
