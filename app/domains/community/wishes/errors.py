"""What can stand in the way of a micro-wish.

Outcome
├── MicroWishUnknown    no such wish, or not one of yours
├── MicroWishInvalid    `field` is missing or cannot be so
├── MicroWishTaken      somebody else was first
├── MicroWishOwn        nobody takes up his own
├── MicroWishNotOpen    it is not in a state for this: `now`
└── TooManyMicroWishes  nobody has more than `most` at once
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome


class MicroWishUnknown(Outcome):
    pass


@dataclass(eq=False)
class MicroWishInvalid(Outcome):
    field: str


class MicroWishTaken(Outcome):
    pass


class MicroWishOwn(Outcome):
    pass


@dataclass(eq=False)
class MicroWishNotOpen(Outcome):
    now: str


@dataclass(eq=False)
class TooManyMicroWishes(Outcome):
    most: int
