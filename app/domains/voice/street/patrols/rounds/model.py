"""A round as it was walked. What a phone without network tells late is as good as what it tells at once: each step has
a key that the phone made, and its own time beside the city's.

under way ── each point: visited, or skipped with a reason ── ended
what was done before the end and comes after it is taken for a day
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.core.places.model import Point
from app.domains.voice.street.patrols.errors import PatrolInvalid, PatrolPointUnknown, RoundOver
from app.domains.voice.street.patrols.model import LONGEST_TEXT, PatrolPoint

GIVEN_UP_AFTER = timedelta(hours=16)
"""A round that nobody ended is over then."""
LATE_FOR = timedelta(days=1)
MOST_VISITS = 200
MOST_FILES = 9
_CLOCKS_APART = timedelta(minutes=5)
_WORST_FIX = 200.0  # metres: a worse one says nothing of where somebody was


@dataclass(frozen=True, slots=True)
class Fix:
    """Where a phone says it is; it may be `accuracy` metres elsewhere."""

    point: Point
    accuracy: float

    def reaches(self, point: PatrolPoint) -> bool:
        """Whether somebody may have been there, by this."""
        return self.accuracy <= _WORST_FIX and self.metres_to(point) - self.accuracy <= point.within

    def metres_to(self, point: PatrolPoint) -> float:
        return self.point.metres_to(point.point)


@dataclass(frozen=True, slots=True)
class Visit:
    """At a point, or past it: then `skipped` says why. `said_at` is the phone's time, `at` the city's when it came.
    `key` is the phone's own of this step.
    """

    key: str
    point: str
    at: datetime
    said_at: datetime
    fix: Fix | None = None
    there: bool | None = None
    metres: int | None = None
    note: str | None = None
    skipped: str | None = None
    files: tuple[str, ...] = ()

    @property
    def doubtful(self) -> bool:
        """Whether the phone's time cannot be right."""
        return self.said_at > self.at + _CLOCKS_APART


@dataclass(frozen=True, slots=True)
class Round:
    """`points` as the patrol had them at the start: a route may change while somebody walks it. `key` is the phone's
    own of this round.
    """

    id: str
    key: str
    patrol: str
    unit: str
    officer: str
    points: tuple[PatrolPoint, ...]
    started_at: datetime
    said_started_at: datetime
    visits: tuple[Visit, ...] = ()
    ended_at: datetime | None = None
    said_ended_at: datetime | None = None
    test: bool = False
    rev: int = 1

    @property
    def record(self) -> str:
        """As other rooms name it."""
        return f"round:{self.id}"

    def under_way(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.started_at + GIVEN_UP_AFTER

    def done(self) -> frozenset[str]:
        """Points that were visited or skipped."""
        return frozenset(one.point for one in self.visits)

    def missed(self) -> tuple[PatrolPoint, ...]:
        """Points of which nothing was said."""
        done = self.done()
        return tuple(one for one in self.points if one.id not in done)

    def of_key(self, key: str) -> Visit | None:
        return next((one for one in self.visits if one.key == key), None)

    def visited(self, visit: Visit) -> Round:
        """Itself when this step came before. Raises PatrolPointUnknown, RoundOver, PatrolInvalid."""
        if self.of_key(visit.key) is not None:
            return self
        point = next((one for one in self.points if one.id == visit.point), None)
        if point is None:
            raise PatrolPointUnknown
        if self._over_for(visit):
            raise RoundOver
        _demand_words(visit)
        if len(self.visits) >= MOST_VISITS:
            raise PatrolInvalid("visits")
        seen = visit
        if visit.fix is not None:
            seen = replace(visit, there=visit.fix.reaches(point), metres=round(visit.fix.metres_to(point)))
        return replace(self, visits=(*self.visits, seen), rev=self.rev + 1)

    def ended(self, at: datetime, said_at: datetime) -> Round:
        """Itself when it ended before: a phone may say so twice."""
        if self.ended_at is not None:
            return self
        return replace(self, ended_at=at, said_ended_at=said_at, rev=self.rev + 1)

    def _over_for(self, visit: Visit) -> bool:
        if self.ended_at is None:
            return visit.at >= self.started_at + GIVEN_UP_AFTER + LATE_FOR
        assert self.said_ended_at is not None
        return visit.said_at > self.said_ended_at or visit.at >= self.ended_at + LATE_FOR


def _demand_words(visit: Visit) -> None:
    """Raises PatrolInvalid."""
    for field, text in (("note", visit.note), ("reason", visit.skipped)):
        if text is not None and not 2 <= len(text.strip()) <= LONGEST_TEXT:
            raise PatrolInvalid(field)
    if len(visit.files) > MOST_FILES:
        raise PatrolInvalid("files")
    if visit.fix is not None and not 0 <= visit.fix.accuracy < 100_000:
        raise PatrolInvalid("accuracy")
