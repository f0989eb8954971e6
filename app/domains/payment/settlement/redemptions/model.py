"""A redemption: what a partner took in points up to the end of a day goes back to the city, for yuan at its rates.

A point counts at the rate of the day on which it was taken, and when it is given back to its payer, at that same rate,
whenever that is: what was taken and given back comes to nothing, whatever the rates did. A day on which more is given
back than comes in runs the other way, and its settlement carries it over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.core.money import Currency
from app.domains.payment.ledger.model import (
    BUDGET,
    REDEEMED,
    Account,
    AccountKind,
    Line,
    TransferKind,
    Wanted,
    moved,
)
from app.domains.payment.points.rates.model import Rate, in_force, worth
from app.domains.payment.settlement.model import SettlementLine


@dataclass(frozen=True, slots=True)
class Taken:
    """One entry on a partner's account of points. `day` is the one on which the points were taken, also of what went
    back; `points` are hundredths, less than nothing when they went back.
    """

    day: date
    points: int


@dataclass(frozen=True, slots=True)
class Part:
    """What counts at one rate, of `units` hundredths of a fen for a point."""

    units: int
    count: int
    points: int

    @property
    def fen(self) -> int:
        return worth(self.points, self.units)


@dataclass(frozen=True, slots=True)
class Redemption:
    """Of the entries in [`since`, `until`). `seq` counts a partner's redemptions."""

    organisation: str
    day: date
    seq: int
    since: datetime
    until: datetime
    parts: tuple[Part, ...]
    at: datetime

    @property
    def id(self) -> str:
        return redemption_id(self.organisation, self.day)

    @property
    def points(self) -> int:
        """In hundredths."""
        return sum(part.points for part in self.parts)

    @property
    def fen(self) -> int:
        return sum(part.fen for part in self.parts)

    @property
    def line(self) -> SettlementLine:
        """What its settlement says of it."""
        return SettlementLine(TransferKind.REDEMPTION, sum(part.count for part in self.parts), self.fen, 0)

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """What it enters: the points, and the yuan for them. What comes to nothing is not entered."""
        takings = takings_of(self.organisation)
        own = Account(AccountKind.MERCHANT, self.organisation)
        named = {"points": (takings, REDEEMED, self.points), "yuan": (BUDGET, own, self.fen)}
        return tuple(
            Wanted(f"redemption:{self.id}:{name}", TransferKind.REDEMPTION, _moved(*lines), about=self.id)
            for name, lines in named.items()
            if lines[-1]
        )


def redemption_id(organisation: str, day: date) -> str:
    return f"{organisation}:{day.isoformat()}"


def takings_of(organisation: str) -> Account:
    """Where the points lie that a partner took."""
    return Account(AccountKind.MERCHANT, organisation, Currency.POINTS)


def parts_of(taken: Iterable[Taken], rates: Sequence[Rate]) -> tuple[Part, ...] | None:
    """By rate, the lowest first. None while something was taken on a day of which nobody has said what it is worth."""
    found: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for one in taken:
        rate = in_force(rates, one.day)
        if rate is None:
            return None
        count, points = found[rate.units]
        found[rate.units] = (count + 1, points + one.points)
    return tuple(Part(units, *found[units]) for units in sorted(found))


def _moved(source: Account, target: Account, fen: int) -> tuple[Line, Line]:
    return moved(source, target, fen) if fen > 0 else moved(target, source, -fen)
