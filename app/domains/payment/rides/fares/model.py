"""The fare of a line: rules in force from a day on, and how a fare comes about by them, step by step.

base       what boarding costs, for the first `base_metres`
distance   for each begun `step_metres` beyond, up to the longest fare
senior     people of 60 and more go free (or for a part)
minor      people under 18 pay half (or another part), rounded down
transfer   off, when another line of the operator was boarded within the last hour
day cap    nobody pays an operator more than so much on one day
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.core.said import Said


class FarePart(StrEnum):
    BASE = "base"
    DISTANCE = "distance"
    LONGEST = "longest"
    SENIOR = "senior"
    MINOR = "minor"
    TRANSFER = "transfer"
    DAY_CAP = "day_cap"


@dataclass(frozen=True, slots=True)
class FareRules:
    """Amounts in fen. `step_metres` 0: the distance does not matter. `senior` and `minor`: the hundredths of the fare
    that they pay. `most` and `day_cap` 0: there is none.
    """

    operator: str
    line: str
    name: Said
    from_day: date
    base: int
    base_metres: int = 0
    step: int = 0
    step_metres: int = 0
    most: int = 0
    senior: int = 0
    minor: int = 50
    transfer_off: int = 0
    transfer_within: timedelta = timedelta(minutes=60)
    day_cap: int = 0

    @property
    def id(self) -> str:
        return f"{self.operator}:{self.line}:{self.from_day.isoformat()}"


@dataclass(frozen=True, slots=True)
class Journey:
    """What a fare depends on. `spent`: in fen, with this operator on this day before."""

    metres: int | None = None
    over_60: bool = False
    under_18: bool = False
    transfer: bool = False
    spent: int = 0


@dataclass(frozen=True, slots=True)
class FareStep:
    """One part of a fare: what it added, or took off (negative), in fen."""

    part: FarePart
    fen: int


@dataclass(frozen=True, slots=True)
class Fare:
    steps: tuple[FareStep, ...]

    @property
    def fen(self) -> int:
        return sum(step.fen for step in self.steps)

    def then(self, part: FarePart, fen: int) -> Fare:
        """With one more part; nothing is added where nothing changes."""
        return Fare((*self.steps, FareStep(part, fen))) if fen else self

    def down_to(self, part: FarePart, most: int) -> Fare:
        return self.then(part, min(0, most - self.fen))


def fare_of(rules: FareRules, journey: Journey) -> Fare:
    """How the fare comes about. It is never negative."""
    fare = Fare((FareStep(FarePart.BASE, rules.base),))
    beyond = max(0, (journey.metres or 0) - rules.base_metres)
    if rules.step_metres and beyond:
        fare = fare.then(FarePart.DISTANCE, -(-beyond // rules.step_metres) * rules.step)
    if rules.most:
        fare = fare.down_to(FarePart.LONGEST, rules.most)
    if journey.over_60:
        fare = fare.down_to(FarePart.SENIOR, fare.fen * rules.senior // 100)
    elif journey.under_18:
        fare = fare.down_to(FarePart.MINOR, fare.fen * rules.minor // 100)
    if journey.transfer:
        fare = fare.down_to(FarePart.TRANSFER, max(0, fare.fen - rules.transfer_off))
    if rules.day_cap:
        fare = fare.down_to(FarePart.DAY_CAP, max(0, rules.day_cap - journey.spent))
    return fare
