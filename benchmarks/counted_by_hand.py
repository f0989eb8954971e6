"""What the clock of a case should say, counted anew from its events, day by day and minute by minute: on purpose not by
the code that is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.core.calendar import WorkingCalendar
from app.core.clock import CITY_TIME
from app.domains.voice.cases.clocks.model import Mark
from app.domains.voice.cases.history.model import CaseEvent, Happened
from app.domains.voice.cases.model import Case

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_OPENS, _CLOSES = 8, 22
_SHARE = {Mark.HALF: 0.5, Mark.FOUR_FIFTHS: 0.8, Mark.DUE: 1.0}


@dataclass(frozen=True, slots=True)
class Waited:
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """What the events up to a moment say of a clock."""

    started: datetime
    amount: int
    urgent: bool
    waits: tuple[Waited, ...]
    paused: datetime | None
    replied: datetime | None

    def moment(self, mark: Mark, calendar: WorkingCalendar) -> datetime:
        extra = 1 if mark is Mark.OVER else 0
        total = (self.amount + extra) * _SHARE.get(mark, 1.0)
        if self.urgent:
            return self._after_minutes(round(total * 60))
        whole = int(total + 1e-9)
        if mark in (Mark.DUE, Mark.OVER):
            return datetime.combine(self._nth(whole, calendar) + _DAY, time(), CITY_TIME)
        opens = datetime.combine(self._nth(whole + 1, calendar), time(9), CITY_TIME)
        return opens + timedelta(hours=(total - whole) * 8)

    def _nth(self, count: int, calendar: WorkingCalendar) -> date:
        day = self.started.astimezone(CITY_TIME).date()
        while count > 0:
            day += _DAY
            count -= calendar.is_working(day) and not self._waits_on(day)
        return day

    def _waits_on(self, day: date) -> bool:
        """The days after that of a pause up to its last."""
        for one in self.waits:
            last = (one.until - timedelta(microseconds=1)).astimezone(CITY_TIME).date()
            if one.since.astimezone(CITY_TIME).date() < day <= last:
                return True
        return False

    def _after_minutes(self, count: int) -> datetime:
        at = self.started
        while count > 0:
            count -= _OPENS <= at.astimezone(CITY_TIME).hour < _CLOSES and not self._waits_at(at)
            at += _MINUTE
        return at

    def _waits_at(self, at: datetime) -> bool:
        return any(one.since <= at < one.until for one in self.waits)


def counted(case: Case, until: datetime, amounts: dict[str, int]) -> Counted | None:
    """From the events up to a moment; None before it was accepted."""
    events = [one for one in case.events if one.at <= until]
    accepted = next((one for one in events if one.what is Happened.ACCEPTED), None)
    if accepted is None or case.clock is None:
        return None
    waits, paused = _waits(case, events)
    more = sum(int(one.detail or 0) for one in events if one.what is Happened.EXTENDED)
    return Counted(
        accepted.at,
        amounts[case.clock.rule] + more,
        case.urgent,
        waits,
        paused,
        next((one.at for one in events if one.what is Happened.REPLIED), None),
    )


def _waits(case: Case, events: list[CaseEvent]) -> tuple[tuple[Waited, ...], datetime | None]:
    waits, paused, last = [], None, None
    for one in events:
        if one.what is Happened.PAUSED:
            paused, last = one.at, date.fromisoformat(one.detail or "")
        elif one.what is Happened.RESUMED and paused is not None and last is not None:
            ends = datetime.combine(last + _DAY, time(), CITY_TIME)
            waits.append(Waited(paused, min(one.at, ends)))
            paused = None
    return tuple(waits), paused


def wrong(
    case: Case,
    calendars: list[tuple[datetime, WorkingCalendar]],
    now: datetime,
    amounts: dict[str, int],
    grace: timedelta,
) -> Iterator[str]:
    """What is not as it should be. `calendars`: from when which was in force; `grace`: for who tells of marks."""
    stands = counted(case, now, amounts)
    if stands is None:
        return
    calendar = calendars[-1][1]
    if stands.replied is None:
        yield from _due(case, stands, calendar)
        yield from _untold(case, stands, calendars, now, grace)
    elif case.clock is None or case.clock.stopped != stands.replied:
        yield "it did not stop with the reply"
    yield from _told_wrongly(case, calendars, amounts)


def _due(case: Case, stands: Counted, calendar: WorkingCalendar) -> Iterator[str]:
    if stands.paused is not None:
        if case.timing.due is not None:
            yield "due while it is paused"
    elif case.timing.due is None or abs(case.timing.due - stands.moment(Mark.DUE, calendar)) > _MINUTE:
        yield f"due {case.timing.due}, not {stands.moment(Mark.DUE, calendar)}"


def _untold(
    case: Case, stands: Counted, calendars: list[tuple[datetime, WorkingCalendar]], now: datetime, grace: timedelta
) -> Iterator[str]:
    since, calendar = calendars[-1]
    if stands.paused is not None or now - since < grace:
        return
    for mark in Mark:
        if stands.moment(mark, calendar) < now - grace and mark not in case.warned:
            yield f"{mark} is behind and was not told"


def _told_wrongly(
    case: Case, calendars: list[tuple[datetime, WorkingCalendar]], amounts: dict[str, int]
) -> Iterator[str]:
    told: set[str] = set()
    for event in case.events:
        if event.what is Happened.EXTENDED:
            told -= {Mark.DUE, Mark.OVER}
        name = (event.detail or "").partition(" ")[0]
        if event.what not in (Happened.WARNED, Happened.OVERDUE, Happened.ESCALATED) or name not in set(Mark):
            continue
        mark = Mark(name)
        if mark in told:
            yield f"{mark} was told twice"
        told.add(mark)
        then = counted(case, event.at, amounts)
        calendar = max((one for one in calendars if one[0] <= event.at), key=lambda one: one[0])[1]
        if then is None or then.moment(mark, calendar) > event.at + _MINUTE:
            yield f"{mark} was told too early"
