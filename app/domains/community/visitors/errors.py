"""What can be wrong with a visitor's pass.

Outcome
├── PassInvalid            `field` is missing or cannot be so
├── PassUnknown            no such pass, or not one of yours
├── PassLimitReached       a home makes `limit` of them a day
├── PassRevoked            whoever made it has taken it back
├── PassUsed               all its entries are used
├── PassTooEarly           it is good from `begins`
├── PassTooLate            it was good until `ended`
├── PassWrongGate          for another estate, or another of its gates
├── PassForged             not signed by this city, or altered
├── PassCodeMalformed      not a visitor's code at all
├── PassCodeOver           the code is too old: the page shows another one each half minute
├── PassCodeSpent          this very code was taken before
├── GateClockOff           the gate's clock is `seconds` off
└── GateListStale          a gate without network has too old a list (`age`, `limit` in seconds)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Outcome


@dataclass(eq=False)
class PassInvalid(Outcome):
    field: str


class PassUnknown(Outcome):
    pass


@dataclass(eq=False)
class PassLimitReached(Outcome):
    limit: int


class PassRevoked(Outcome):
    pass


@dataclass(eq=False)
class PassUsed(Outcome):
    entries: int


@dataclass(eq=False)
class PassTooEarly(Outcome):
    begins: datetime


@dataclass(eq=False)
class PassTooLate(Outcome):
    ended: datetime


class PassWrongGate(Outcome):
    pass


class PassForged(Outcome):
    pass


class PassCodeMalformed(Outcome):
    pass


class PassCodeOver(Outcome):
    pass


class PassCodeSpent(Outcome):
    pass


@dataclass(eq=False)
class GateClockOff(Outcome):
    seconds: int


@dataclass(eq=False)
class GateListStale(Outcome):
    """`age` and `limit` in seconds."""

    age: int
    limit: int
