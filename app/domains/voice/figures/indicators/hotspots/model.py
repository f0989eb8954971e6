"""Hot spots: categories of which a district reports more in seven days than in its usual week.

Usual is the median of the eight weeks before: one wild week among them does not move it. How far weeks lie from it
(the median of that) is allowed for. A spot is hot when so many reports are half as many again as usual, at least five,
and would come by chance in one week of ten thousand (a Poisson tail): with some 1,500 pairs of district and category
looked at each day, anything laxer would cry wolf.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp
from statistics import median

WEEKS = 8
WEEK = timedelta(days=7)
LEAST = 5
RISEN = 1.5
CHANCE = 1e-4


@dataclass(frozen=True, slots=True)
class HotSpot:
    """`weeks`: the eight before, the oldest first. `expected`: usual and what is allowed for. `chance`: of so many, in
    a week like those. `since`: the first day on which it was found hot, without a day between.
    """

    district: str
    category: str
    count: int
    weeks: tuple[int, ...]
    usual: float
    expected: float
    chance: float
    since: date

    @property
    def key(self) -> str:
        return f"{self.district}|{self.category}"


@dataclass(frozen=True, slots=True)
class Findings:
    """Of the seven days that end with `day`; the hottest first."""

    day: date
    spots: tuple[HotSpot, ...] = ()


def days_needed(day: date) -> list[date]:
    return [day - timedelta(days=back) for back in range((WEEKS + 1) * 7 - 1, -1, -1)]


def found(day: date, filed: Mapping[date, Mapping[str, int]], before: Findings | None = None) -> Findings:
    """`filed`: of each day, how many by `district|category`."""
    weeks = [_week(filed, day - n * WEEK) for n in range(WEEKS, -1, -1)]
    known = {spot.key: spot.since for spot in before.spots} if before else {}
    spots = sorted(_hot(day, weeks, known), key=lambda spot: (spot.chance, -spot.count, spot.key))
    return Findings(day, tuple(spots))


def poisson_tail(least: int, mean: float) -> float:
    """How likely so many or more are."""
    below, term = 0.0, exp(-mean)
    for n in range(least):
        below += term
        term *= mean / (n + 1)
    return max(1.0 - below, 0.0)


def _week(filed: Mapping[date, Mapping[str, int]], last: date) -> Counter[str]:
    total: Counter[str] = Counter()
    for back in range(7):
        total.update(filed.get(last - timedelta(days=back), {}))
    return total


def _hot(day: date, weeks: Sequence[Counter[str]], known: Mapping[str, date]) -> Iterator[HotSpot]:
    *earlier, present = weeks
    for key, count in present.items():
        if count < LEAST:
            continue
        counts = tuple(week[key] for week in earlier)
        usual = float(median(counts))
        expected = max(usual + float(median(abs(n - usual) for n in counts)), 1.0)
        chance = poisson_tail(count, expected)
        if count >= RISEN * usual and chance <= CHANCE:
            district, _, category = key.partition("|")
            yield HotSpot(district, category, count, counts, usual, expected, chance, known.get(key, day))
