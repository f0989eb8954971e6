"""A rate: what the city pays a partner for a point, from one day on until the next rate."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.core.errors import BadInput
from app.domains.payment.points.model import POINT

# A rate is written in yuan with four places: hundredths of a fen.
_PLACES = 10_000
MOST_UNITS = _PLACES
_WRITTEN = re.compile(r"(0|1)(\.[0-9]{1,4})?")


@dataclass(frozen=True, slots=True)
class Rate:
    """`units` are hundredths of a fen for one point. `reason` is what the desk said, `by` who said it."""

    organisation: str
    from_day: date
    units: int
    reason: str
    by: str
    at: datetime

    @property
    def id(self) -> str:
        return f"{self.organisation}:{self.from_day.isoformat()}"

    @property
    def yuan(self) -> Decimal:
        """For a point."""
        return yuan_of(self.units)


def yuan_of(units: int) -> Decimal:
    return (Decimal(units) / _PLACES).quantize(Decimal("0.0001"))


def units_of(text: str) -> int:
    """What is written as yuan for a point. Raises BadInput."""
    units = int(Decimal(text) * _PLACES) if _WRITTEN.fullmatch(text) else 0
    if not 0 < units <= MOST_UNITS:
        raise BadInput(field="yuan")
    return units


def worth(fen: int, units: int) -> int:
    """What so many hundredths of points come to, in fen of the yuan: half a fen up, and as much back as forth."""
    whole = abs(fen) * units
    rounded = (2 * whole + POINT * 100) // (2 * POINT * 100)
    return rounded if fen >= 0 else -rounded


def in_force(rates: Iterable[Rate], day: date) -> Rate | None:
    """Of one partner's."""
    return max((one for one in rates if one.from_day <= day), key=lambda one: one.from_day, default=None)
