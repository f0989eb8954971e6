"""Cells: what cases add, summed up where it is read.

A cell of each unit, day, kind, channel and district would hold one case: a million cases, a million cells, and nothing
gained. So a cell is a month of a unit, or a day or a month of the whole city, and holds a sum for each value of each
dimension (`slice`), and one over all. Pages read a few hundred cells, however many cases there are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from app.domains.voice.figures.indicators.facts.model import NOBODY, CaseFacts, Counted

CITY = "*"
COUNTING = 1
"""The version of what is counted (`facts/model.py`): with another one all is counted anew."""


class Grain(StrEnum):
    DAY = "day"
    MONTH = "month"


class Slice(StrEnum):
    ALL = "all"
    KIND = "kind"
    CHANNEL = "channel"
    DISTRICT = "district"
    SPOT = "spot"  # district and category; of days of the city, and what was filed


@dataclass(frozen=True, slots=True, order=True)
class CellKey:
    """`start`: 2026-11-22 or 2026-11. `scope`: a unit, or the city."""

    grain: Grain
    start: str
    scope: str

    @property
    def text(self) -> str:
        return f"{self.grain}:{self.start}:{self.scope}"


Sums: TypeAlias = Mapping[str, int]
"""By what is counted (`Counted`)."""
Deltas: TypeAlias = dict[CellKey, Counter[str]]
"""By cell, and in it by the path of a sum: `all.filed`, `kind.complaint.filed`."""


@dataclass(frozen=True, slots=True)
class Cell:
    key: CellKey
    all: Sums
    slices: Mapping[Slice, Mapping[str, Sums]] = field(default_factory=dict)

    def flat(self) -> dict[str, int]:
        """By path, as `Deltas` say it."""
        parts = ((f"{part}.{value}", sums) for part, values in self.slices.items() for value, sums in values.items())
        return {f"{path}.{what}": n for path, sums in [("all", self.all), *parts] for what, n in sums.items()}


@dataclass(frozen=True, slots=True)
class Standing:
    """Of the counting. `generation`: the cells that hold now. `upto`: the latest change of a case that is counted.
    `busy_until`: all is being counted anew.
    """

    generation: int = 1
    upto: datetime | None = None
    busy_until: datetime | None = None


def spot_of(district: str, category: str) -> str:
    return f"{district}|{category}"


def deltas_of(new: Iterable[CaseFacts], old: Iterable[CaseFacts] = ()) -> Deltas:
    """What the cells change by when the facts of some cases do. Sums that stay as they are do not stand in it."""
    deltas: Deltas = defaultdict(Counter)
    for facts in new:
        _add(deltas, facts, 1)
    for facts in old:
        _add(deltas, facts, -1)
    changed = ((key, Counter({path: n for path, n in sums.items() if n})) for key, sums in deltas.items())
    return {key: sums for key, sums in changed if sums}


def path_key(value: str) -> str:
    """A code as a field's name: points and dollars have a meaning there."""
    return value.replace(".", ",").replace("$", "_") or "-"


def _add(deltas: Deltas, facts: CaseFacts, sign: int) -> None:
    slices = (
        "all",
        f"kind.{path_key(facts.kind)}",
        f"channel.{path_key(facts.channel)}",
        f"district.{path_key(facts.district)}",
    )
    for count in facts.counts:
        n, what, month = sign * count.n, count.what.value, count.day[:7]
        cells = [deltas[CellKey(Grain.DAY, count.day, CITY)], deltas[CellKey(Grain.MONTH, month, CITY)]]
        if count.unit != NOBODY:
            cells.append(deltas[CellKey(Grain.MONTH, month, count.unit)])
        for slice_ in slices:
            path = f"{slice_}.{what}"
            for cell in cells:
                cell[path] += n
        if count.what is Counted.FILED:
            cells[0][f"spot.{path_key(spot_of(facts.district, facts.category))}.filed"] += n
