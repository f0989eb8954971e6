"""A moment as callers say it, for every field of both schemas: with a zone, and of a year that a city has to do with.

Without a zone nobody knows when it is; where it met a time of ours, it would fail as a fault of our own. Source: RFC
3339, which asks for the offset too.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from strawberry.exceptions import StrawberryInputCoercionError
from strawberry.schema.types.base_scalars import DateTimeDefinition
from strawberry.types.scalar import ScalarDefinition

# Far enough from both ends of what a date can hold, that adding to it or taking from it stays within.
_YEARS: Final = range(1800, 3000)


def _moment(value: object) -> datetime:
    """Raises StrawberryInputCoercionError."""
    parse = DateTimeDefinition.parse_value
    assert parse is not None
    at = parse(value)
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise StrawberryInputCoercionError("A DateTime wants a zone: Z, or an offset such as +08:00.")
    if at.year not in _YEARS:
        raise StrawberryInputCoercionError("The year of this DateTime is too far away.")
    return at


MOMENT: Final[ScalarDefinition] = replace(
    DateTimeDefinition,
    description="A moment as RFC 3339 writes it: date, time and zone, such as 2026-11-23T08:30:00+08:00.",
    parse_value=_moment,
)
