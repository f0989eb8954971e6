"""What somebody's part in an activity counts, in whole minutes.

From the check-in to the check-out, within the activity's own span, cut to minutes; of one day eight hours at most. Who
did not check out has none until the organiser says how many, and why.

held (something makes one look twice) ──> ready │ refused
needs another (more than six hours) ── a second person confirms ──> ready
ready ── counted, within the day ──> published ── corrected, with a reason ──> published │ needs another
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.core.clock import civil_day
from app.domains.community.volunteers.activities.model import Activity
from app.domains.community.volunteers.check_ins.flags.model import Flag, FlagState
from app.domains.community.volunteers.check_ins.model import CheckIn
from app.domains.community.volunteers.hours.errors import (
    VolunteerHoursInvalid,
    VolunteerHoursNeedAnother,
    VolunteerHoursNotReady,
)

MOST_A_DAY = 480
FOUR_EYES_OVER = 360
_LONGEST_REASON = 300


class HoursState(StrEnum):
    HELD = "held"
    NEEDS_ANOTHER = "needs_another"
    READY = "ready"
    PUBLISHED = "published"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Correction:
    """`was` and `now` in minutes."""

    was: int
    now: int
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """`minutes` by the rule or as corrected; of these `published` are in the volunteer's sum, within the day. `by`
    confirmed them, `second` as well, where it needs two.
    """

    activity: str
    citizen: str
    organisation: str
    day: date
    minutes: int
    state: HoursState
    by: str
    at: datetime
    published: int = 0
    published_at: datetime | None = None
    second: str | None = None
    corrections: tuple[Correction, ...] = ()
    rev: int = 1

    @property
    def id(self) -> str:
        return f"{self.activity}:{self.citizen}"

    def shown_id(self, number: str) -> str:
        """To others: by the volunteer's number."""
        return f"{self.activity}:{number}"

    def after_flags(self, flags: Iterable[Flag]) -> Entry:
        """Itself while one of them is open."""
        states = {one.state for one in flags}
        if self.state is not HoursState.HELD or FlagState.OPEN in states:
            return self
        if FlagState.UPHELD in states:
            return self._next(state=HoursState.REFUSED)
        return self._next(state=_confirmed(self.minutes))

    def approved(self, by: str) -> Entry:
        """By a second person. Raises VolunteerHoursNotReady, VolunteerHoursNeedAnother."""
        if self.state is not HoursState.NEEDS_ANOTHER:
            raise VolunteerHoursNotReady(self.state.value)
        if by == (self.corrections[-1].by if self.corrections else self.by):
            raise VolunteerHoursNeedAnother
        return self._next(state=HoursState.READY, second=by)

    def corrected(self, minutes: int, reason: str, by: str, at: datetime) -> Entry:
        """Raises VolunteerHoursNotReady, VolunteerHoursInvalid."""
        if self.state in (HoursState.HELD, HoursState.REFUSED):
            raise VolunteerHoursNotReady(self.state.value)
        if not 0 <= minutes <= MOST_A_DAY:
            raise VolunteerHoursInvalid("minutes")
        if not 2 <= len(reason.strip()) <= _LONGEST_REASON:
            raise VolunteerHoursInvalid("reason")
        steps = (*self.corrections, Correction(self.minutes, minutes, reason.strip(), by, at))
        return self._next(minutes=minutes, corrections=steps, state=_confirmed(minutes), second=None)

    def counted(self, left: int, at: datetime) -> Entry:
        """`left` minutes of the day are free, its own included."""
        counted = max(0, min(self.minutes, left))
        return self._next(state=HoursState.PUBLISHED, published=counted, published_at=at)

    def _next(self, **changes: object) -> Entry:
        return replace(self, **changes, rev=self.rev + 1)  # type: ignore[arg-type]


def minutes_of(activity: Activity, came: CheckIn) -> int:
    """By the rule."""
    if came.out_at is None:
        return 0
    span = activity.terms.span
    seconds = (min(came.out_at, span.ends_at) - max(came.at, span.starts_at)).total_seconds()
    return min(MOST_A_DAY, max(0, int(seconds // 60)))


def entry_of(activity: Activity, came: CheckIn, flags: Iterable[Flag], by: str, at: datetime) -> Entry:
    """What the organiser confirms."""
    minutes, day = minutes_of(activity, came), civil_day(activity.terms.span.starts_at)
    made = Entry(activity.id, came.citizen, activity.organisation, day, minutes, HoursState.HELD, by, at)
    return replace(made.after_flags(flags), rev=1)


def _confirmed(minutes: int) -> HoursState:
    return HoursState.NEEDS_ANOTHER if minutes > FOUR_EYES_OVER else HoursState.READY
