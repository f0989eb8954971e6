"""A version of a feed, what reading one comes upon, and what is in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

LISTED = 200
_EACH = 20  # findings of a kind that are listed one by one
LONGEST_VALUE = 60


class FindingKind(StrEnum):
    """What is wrong with a feed. Those in `WARNINGS` leave it usable."""

    ARCHIVE = "archive"  # no zip file, a broken one, a locked one
    ARCHIVE_SIZE = "archive_size"  # too much in it, or packed beyond what tables ever are
    ARCHIVE_PATH = "archive_path"  # a name that leads out of it
    FILE_MISSING = "file_missing"
    FILE_TWICE = "file_twice"
    COLUMN_MISSING = "column_missing"
    ENCODING = "encoding"
    LINE = "line"  # too long, or quotes that do not end
    VALUE = "value"  # not of its form
    VALUE_MISSING = "value_missing"
    ID_TWICE = "id_twice"
    UNKNOWN = "unknown"  # names what is not there
    STOP_KIND = "stop_kind"  # a trip calls at what is no stop
    TIME_ZONE = "time_zone"
    TIME_ORDER = "time_order"
    TIME_ENDS = "time_ends"  # the first or last call of a trip has no time
    TOO_MANY = "too_many"
    EMPTY = "empty"  # no trip that anybody could take
    # What follows is said, and the feed is taken.
    COLUMNS = "columns"  # a line has more fields than there are columns
    TRIP_SHORT = "trip_short"  # fewer than two calls: left out
    TRIP_FLEXIBLE = "trip_flexible"  # calls at an area: left out
    STOP_NOWHERE = "stop_nowhere"  # a stop without a place
    PARENT = "parent"  # no station has that id
    SHAPE_MISSING = "shape_missing"
    TRANSFER = "transfer"  # names what is not there: left out
    FREQUENCY = "frequency"  # of no trip, or of no length: left out
    EXPIRED = "expired"
    NOT_BEGUN = "not_begun"
    FILE_IGNORED = "file_ignored"


WARNINGS = frozenset(list(FindingKind)[list(FindingKind).index(FindingKind.COLUMNS) :])


@dataclass(frozen=True, slots=True)
class Finding:
    """`line` counts from 1, 0 for the whole file; `more` of its kind and file were found than are listed."""

    kind: FindingKind
    file: str = ""
    line: int = 0
    field: str = ""
    value: str = ""
    more: int = 0

    @property
    def breaks(self) -> bool:
        return self.kind not in WARNINGS


class FeedStops(Exception):
    """There is no sense in reading on: what stands in the way is among the findings."""


@dataclass(slots=True)
class Findings:
    """What is noted while a feed is read; of each kind and file some are listed, and all counted."""

    _listed: list[Finding] = field(default_factory=list)
    _counts: Counter[tuple[FindingKind, str]] = field(default_factory=Counter)

    def note(self, kind: FindingKind, file: str = "", line: int = 0, field: str = "", value: str = "") -> None:
        self._counts[kind, file] += 1
        if self._counts[kind, file] <= _EACH:
            self._listed.append(Finding(kind, file, line, field, value[:LONGEST_VALUE]))

    def stop(self, kind: FindingKind, file: str = "", line: int = 0, field: str = "", value: str = "") -> FeedStops:
        """Note it, and give what is to be raised."""
        self.note(kind, file, line, field, value)
        return FeedStops()

    @property
    def broken(self) -> bool:
        return any(kind not in WARNINGS for kind, _ in self._counts)

    def count(self) -> int:
        return self._counts.total()

    def listed(self) -> tuple[Finding, ...]:
        """What breaks the feed first; the last one of a kind tells how many more there are."""
        last = {(one.kind, one.file): n for n, one in enumerate(self._listed)}
        told = [
            Finding(one.kind, one.file, one.line, one.field, one.value, self._more(one))
            if last[one.kind, one.file] == n
            else one
            for n, one in enumerate(self._listed)
        ]
        return tuple(sorted(told, key=lambda one: not one.breaks))[:LISTED]

    def _more(self, one: Finding) -> int:
        return max(0, self._counts[one.kind, one.file] - _EACH)


@dataclass(frozen=True, slots=True)
class FeedSummary:
    """What is in it; the days are those of which its calendar speaks."""

    publisher: str
    zone: str
    agencies: int
    stops: int
    routes: int
    trips: int
    calls: int
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True, slots=True)
class FeedReport:
    """What reading a feed came to; without a summary nothing can be made of it."""

    version: str
    size: int
    summary: FeedSummary | None
    findings: tuple[Finding, ...]

    @property
    def usable(self) -> bool:
        return self.summary is not None and not any(one.breaks for one in self.findings)


class VersionState(StrEnum):
    """LOADING: its rows are being written. READY: they are whole. DROPPED: they are being deleted."""

    LOADING = "loading"
    READY = "ready"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class FeedVersion:
    """`fence` is whose loading it is; who has lost it writes no more. `alive_at`: when he was last heard of."""

    id: str
    state: VersionState
    summary: FeedSummary
    warnings: int
    made_at: datetime
    alive_at: datetime
    fence: str
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class InForce:
    """The pointer: which version is in force, since when, by whom; `was` was it before. `rev` counts switches."""

    version: str
    since: datetime
    by: str
    was: str | None = None
    rev: int = 1


def breaking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(one for one in findings if one.breaks)


def switched(was: InForce | None, version: str, at: datetime, by: str) -> InForce:
    fresh = InForce(version, at, by)
    return fresh if was is None else replace(fresh, was=was.version, rev=was.rev + 1)
