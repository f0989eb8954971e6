"""What reporting a ride refuses, by name."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import Outcome
from app.core.money import Money


class RideConflict(Outcome):
    """A ride stands under this reference with other content."""


class RideRefused(Outcome):
    """Rides of the passenger are not paid: until they are, he pays in another way. How many is not said."""


@dataclass(eq=False)
class RideBatchUnfit(Outcome):
    """A batch has one ride or more, and not more than `most`."""

    most: int


@dataclass(eq=False)
class RidesStillOwed(Outcome):
    """There is too little to pay all of them with: `rides` are left, for `amount`."""

    rides: int
    amount: Money
