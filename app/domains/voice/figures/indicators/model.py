"""Indicators: a numerator over a denominator, by a definition that has a version; over months, and by what.

A definition whose sense changes gets another version, so that two figures of one name and one version mean the same.
The value of a share is a part of one; of times it is a mean in minutes, of grades a mean from 1 to 5. Without a
denominator there is no value: nothing is neither good nor bad.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.errors import BadInput
from app.core.said import Said
from app.domains.voice.figures.indicators.cells.model import Sums
from app.domains.voice.figures.indicators.facts.model import Counted

MOST_MONTHS = 24


class Scale(StrEnum):
    SHARE = "share"
    MINUTES = "minutes"
    GRADE = "grade"
    COUNT = "count"


class Better(StrEnum):
    HIGH = "high"
    LOW = "low"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Definition:
    """`top` and `bottom` are what is counted; `top_words` and `bottom_words` say so. `public`: citizens read it."""

    code: str
    version: int
    scale: Scale
    better: Better
    top: Counted
    bottom: Counted | None
    name: Said
    top_words: Said
    bottom_words: Said
    public: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """`bottom` is 1 of what is only counted."""

    definition: Definition
    top: int
    bottom: int

    @classmethod
    def of(cls, definition: Definition, sums: Sums) -> Figure:
        bottom = sums.get(definition.bottom.value, 0) if definition.bottom else 1
        return cls(definition, sums.get(definition.top.value, 0), bottom)

    @property
    def value(self) -> float | None:
        return self.top / self.bottom if self.bottom else None


class By(StrEnum):
    """What figures can be told apart by."""

    KIND = "kind"
    CHANNEL = "channel"
    DISTRICT = "district"
    UNIT = "unit"
    LEVEL = "level"


@dataclass(frozen=True, slots=True)
class Months:
    """From `first` to `last`, both included: `2026-01`."""

    first: str
    last: str

    @classmethod
    def of(cls, first: str, last: str) -> Months:
        """Raises BadInput."""
        made = cls(first, last)
        try:
            if not 1 <= len(made.starts) <= MOST_MONTHS:
                raise BadInput(field="months")
        except ValueError:
            raise BadInput(field="months") from None
        return made

    @classmethod
    def until(cls, day: date, months: int) -> Months:
        """So many, the last of them the one of this day."""
        number = day.year * 12 + day.month - months
        return cls(f"{number // 12:04d}-{number % 12 + 1:02d}", f"{day:%Y-%m}")

    @classmethod
    def until_month(cls, last: str, months: int) -> Months:
        return cls.until(date.fromisoformat(f"{last}-01"), months)

    @property
    def starts(self) -> tuple[str, ...]:
        """Raises ValueError."""
        first, last = (date.fromisoformat(f"{month}-01") for month in (self.first, self.last))
        numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        return tuple(f"{number // 12:04d}-{number % 12 + 1:02d}" for number in numbers[: MOST_MONTHS + 1])


@dataclass(frozen=True, slots=True)
class Part:
    """One value of a dimension (a kind, a unit, a month), and its sums."""

    value: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class Board:
    """Of a scope (a unit with all below it, or the whole city) in some months. `parts`: by dimension, each value."""

    scope: str
    months: Months
    sums: Sums
    trend: tuple[Part, ...]
    parts: Mapping[By, tuple[Part, ...]]


def together(many: Iterable[Sums]) -> Counter[str]:
    total: Counter[str] = Counter()
    for sums in many:
        total.update(sums)
    return total
