"""Measures, the buckets of time they are kept in, and series of them as a chart wants them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from app.core.clock import CITY_TIME
from app.core.errors import RongError

_VALUE = re.compile(r"[a-z0-9_]{1,40}")
_OTHER = "other"
# What one process tells apart in one measure and bucket; the rest is counted as `other`.
MOST_LINES = 50


class Kind(StrEnum):
    """A count is added up over processes and time; of a gauge, a bucket keeps the highest value seen."""

    COUNT = "count"
    GAUGE = "gauge"


@dataclass(frozen=True, slots=True)
class Measure:
    """`labels` tell its lines apart; each has few values, all of them words of the program."""

    unit: str
    labels: tuple[str, ...] = ()
    kind: Kind = Kind.COUNT

    def line(self, labels: Mapping[str, str]) -> str:
        """The line of a count, as a field's name in the database. Raises ValueError (other labels than declared)."""
        if tuple(sorted(labels)) != tuple(sorted(self.labels)):
            raise ValueError(f"labels {sorted(labels)}, but {sorted(self.labels)} were declared")
        return "|".join(_word(labels[label]) for label in self.labels) or "all"

    def labels_of(self, line: str) -> dict[str, str]:
        return dict(zip(self.labels, line.split("|"), strict=True)) if self.labels else {}

    @property
    def other(self) -> str:
        return "|".join(_OTHER for _ in self.labels) or "all"


def _word(value: str) -> str:
    plain = value.lower()
    return plain if _VALUE.fullmatch(plain) else _OTHER


MEASURES: Mapping[str, Measure] = {
    # door: citizen, provider, desk; outcome: signed_in, or the code of the refusal
    "sign_ins": Measure("sign-ins", ("door", "outcome")),
    "cards_issued": Measure("cards", ("kind",)),
    "codes_verified": Measure("codes", ("purpose",)),
    "codes_refused": Measure("codes", ("reason",)),
    "licences_issued": Measure("licences", ("kind",)),
    "licences_verified": Measure("licences", ("kind",)),
    "uploads_taken": Measure("files", ("kind",)),
    "uploads_refused": Measure("files", ("reason",)),
    # channel: push, sms; outcome: accepted, unregistered, rejected, and later delivered, bounced
    "deliveries": Measure("messages", ("channel", "outcome")),
    "webhooks": Measure("calls", ("outcome",)),
    "broadcasts": Measure("broadcasts", ("state",)),
    # outcome: taken, refused, not_now (tried again)
    "handovers": Measure("calls", ("outcome",)),
    # outcome: taken, promised (a token), refused, not_now (tried again)
    "neighbours": Measure("calls", ("outcome",)),
    # outcome: answered, clarifying, items, unanswered; and beside it: alarm, handed_over
    "questions": Measure("questions", ("outcome",)),
    # outcome: told, or the code of the refusal
    "data_fetched": Measure("requests", ("outcome",)),
    # door: citizen, provider, desk, other; status: 2xx, 4xx, …, websocket (GraphQL answers named errors with 200)
    "requests": Measure("requests", ("door", "status")),
    "outbox_waiting": Measure("events", kind=Kind.GAUGE),
    "outbox_age": Measure("seconds", kind=Kind.GAUGE),
    "dead_letters": Measure("events", kind=Kind.GAUGE),
    "case_hotspots": Measure("places", kind=Kind.GAUGE),  # where more is reported than in usual weeks
    "answers_overdue": Measure("answers", kind=Kind.GAUGE),  # nobody has reviewed them for a year
    "audit_unsealed": Measure("seconds", kind=Kind.GAUGE),  # age of the oldest record without a place in the chain
}


class Span(StrEnum):
    """The lengths of time that rows are kept for: fine ones for five weeks, coarse ones for two years."""

    FINE = "5m"
    COARSE = "1h"

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=5) if self is Span.FINE else timedelta(hours=1)

    @property
    def kept(self) -> timedelta:
        return timedelta(days=35) if self is Span.FINE else timedelta(days=731)


@dataclass(frozen=True, slots=True)
class Bucket:
    """One measure in one span of time; `start` is a whole multiple of the span's length."""

    measure: str
    span: Span
    start: datetime

    @classmethod
    def of(cls, measure: str, span: Span, at: datetime) -> Bucket:
        return cls(measure, span, floor(at, span.length))

    @property
    def id(self) -> str:
        """Sorts by measure, span, time: a series is one range of ids."""
        return f"{self.measure}/{self.span.value}/{self.start:%Y-%m-%dT%H:%MZ}"


@dataclass(frozen=True, slots=True)
class Tally:
    """What a bucket holds: counts by line, or the highest value of a gauge."""

    start: datetime
    counts: Mapping[str, int] = field(default_factory=dict)
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One value for each step. A count without events is 0; a gauge nobody looked at is None."""

    labels: Mapping[str, str]
    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """`values[n]` of each line belongs to the time from `start + n * step`; the last step is not over yet."""

    measure: str
    unit: str
    kind: Kind
    start: datetime
    step: timedelta
    lines: tuple[Line, ...]


class Counting(Protocol):
    """What a room is handed to count with."""

    def __call__(self, measure: str, by: int = 1, /, **labels: str) -> None: ...


@contextmanager
def refusals(count: Counting, measure: str, label: str, **labels: str) -> Iterator[None]:
    """Count what is refused within, under the code of the refusal."""
    try:
        yield
    except RongError as refusal:
        count(measure, **labels, **{label: refusal.code})
        raise


def uncounted(measure: str, by: int = 1, /, **labels: str) -> None:
    """For rooms built without tallies."""


def floor(at: datetime, step: timedelta) -> datetime:
    """The beginning of the step `at` lies in: days begin at the city's midnight, shorter steps at whole multiples."""
    offset = CITY_TIME.utcoffset(at.astimezone(CITY_TIME).replace(tzinfo=None)) or timedelta(0)
    seconds = int((at + offset).timestamp()) // int(step.total_seconds()) * int(step.total_seconds())
    return datetime.fromtimestamp(seconds, UTC) - offset


def drawn(name: str, tallies: Sequence[Tally], start: datetime, step: timedelta, steps: int) -> Series:
    """Rows of buckets, put together into `steps` steps from `start` on."""
    measure = MEASURES[name]
    by_step: list[list[Tally]] = [[] for _ in range(steps)]
    for tally in tallies:
        place = (tally.start - start) // step
        if 0 <= place < steps:
            by_step[place].append(tally)
    lines = _gauge(by_step) if measure.kind is Kind.GAUGE else _counts(measure, by_step)
    return Series(name, measure.unit, measure.kind, start, step, tuple(lines))


def _gauge(by_step: Sequence[Sequence[Tally]]) -> list[Line]:
    highest = (max((tally.high for tally in some if tally.high is not None), default=None) for some in by_step)
    return [Line({}, tuple(highest))]


def _counts(measure: Measure, by_step: Sequence[Sequence[Tally]]) -> list[Line]:
    names = sorted({name for some in by_step for tally in some for name in tally.counts})
    return [
        Line(
            measure.labels_of(name),
            tuple(sum(tally.counts.get(name, 0) for tally in some) for some in by_step),
        )
        for name in names or ([] if measure.labels else ["all"])
    ]
