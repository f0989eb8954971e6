"""Until when points are good. What came in stands in lots by its last day; what is left follows from the balance.

Of points the oldest are used first, whoever uses them: a merchant, a red packet, a gift. So nothing is written when
points go: the balance says how many are left, and these are the newest. What is given back fills up what was used last.
The ledger and the lots cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.core.clock import CITY_TIME
from app.core.errors import BadInput
from app.core.money import Currency, Money

# A point in the ledger's hundredths. Points are whole.
POINT = 100
# So many may lie on one account.
MOST_HELD = 1_000_000 * POINT
# A month before they end it is told.
NOTICE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Lot:
    """What came in with one last day. `fen` counts all of it, also what is used by now, but for what has left with its
    last day (in a packet, or taken back).
    """

    citizen: str
    expires_on: date
    fen: int

    @property
    def id(self) -> str:
        return f"{self.citizen}:{self.expires_on.isoformat()}"

    @property
    def ends_at(self) -> datetime:
        return ends_at(self.expires_on)


@dataclass(frozen=True, slots=True)
class Part:
    """So many are good until the end of that day. Without a day they have no end: their lot is gone."""

    fen: int
    expires_on: date | None

    @property
    def points(self) -> int:
        return self.fen // POINT


@dataclass(frozen=True, slots=True)
class Holding:
    """What somebody has, and until when, the first to end first."""

    balance: int
    held: int = 0
    parts: tuple[Part, ...] = ()

    @property
    def points(self) -> int:
        return self.balance // POINT

    @property
    def available(self) -> int:
        return self.balance - self.held


def last_day(day: date) -> date:
    """Of points that come on this day: the end of the next calendar year."""
    return date(day.year + 1, 12, 31)


def ends_at(day: date) -> datetime:
    """The moment after that day."""
    return datetime.combine(day + timedelta(days=1), time(), CITY_TIME)


def left_of(lots: Iterable[Lot], balance: int) -> tuple[Part, ...]:
    """What is left, by its last day. What no lot accounts for (points given back after their lot had ended) lies with
    the lot that ends first.
    """
    parts, rest = [], balance
    for lot in sorted(lots, key=lambda lot: lot.expires_on, reverse=True):
        parts.append(Part(min(lot.fen, rest), lot.expires_on))
        rest -= parts[-1].fen
    if rest and parts:
        parts[-1] = Part(parts[-1].fen + rest, parts[-1].expires_on)
    elif rest:
        parts.append(Part(rest, None))
    return tuple(part for part in reversed(parts) if part.fen)


def first_of(parts: Sequence[Part], fen: int) -> tuple[Part, ...]:
    """The parts of which `fen` are taken, the oldest first. Raises ValueError: there are not so many."""
    taken, rest = [], fen
    for part in parts:
        if rest and (used := min(part.fen, rest)):
            taken.append(Part(used, part.expires_on))
            rest -= used
    if rest:
        raise ValueError("more than there is")
    return tuple(taken)


def still_good(parts: Iterable[Part], today: date) -> tuple[Part, ...]:
    """As they are when they come to somebody else: what ended on the way, or has no end, is as new."""
    fresh = last_day(today)
    return tuple(
        Part(part.fen, part.expires_on if part.expires_on and part.expires_on >= today else fresh) for part in parts
    )


def points_of(points: int, *, most: int, field: str = "points") -> int:
    """In the ledger's hundredths. Raises BadInput."""
    if not 1 <= points <= most:
        raise BadInput(field=field)
    return points * POINT


def as_money(fen: int) -> Money:
    return Money(fen, Currency.POINTS)
