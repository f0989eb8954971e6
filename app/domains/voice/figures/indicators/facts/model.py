"""What a case adds to the counts: how often, on which day, at which unit. From its events, and from nothing else.

Each count belongs to the day of its event, not to the day of filing: of a week that is not over, the slow cases are
missing in neither way. A unit answers for what happened while it held the case; what happened before anybody did is
the centre's, or nobody's (""). What may change later (whether a case that was handled was closed, what the citizen
thinks) is counted anew with each change of the case, on the day on which it was first counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from app.core.clock import civil_day
from app.domains.voice.cases.history.model import LATE, CaseEvent, Confirmation, Happened
from app.domains.voice.cases.model import Case
from app.domains.voice.cases.ratings.model import CONTENT_FROM, CaseRating

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_VERY_CONTENT_FROM = 4
NOBODY = ""


class Counted(StrEnum):
    """What is counted. Minutes are sums: their mean is what they are divided by the count beside them."""

    FILED = "filed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    ACCEPTED = "accepted"
    ACCEPT_MINUTES = "accept_minutes"
    ACCEPTED_IN_HOUR = "accepted_in_hour"
    ANSWERED = "answered"
    DISPATCHED = "dispatched"
    DISPATCH_MINUTES = "dispatch_minutes"
    FALLBACK = "fallback"
    TRANSFERRED = "transferred"
    RETURNED = "returned"
    ON_SITE = "on_site"
    ON_SITE_MINUTES = "on_site_minutes"
    PAUSED = "paused"
    EXTENDED = "extended"
    HANDLED = "handled"
    HANDLED_OPEN = "handled_open"
    DUE = "due"
    ON_TIME = "on_time"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
    SUPERVISED = "supervised"
    REPLIED = "replied"
    FIRST_REPLIED = "first_replied"
    FIRST_REPLY_MINUTES = "first_reply_minutes"
    RATED = "rated"
    SATISFIED = "satisfied"
    VERY_SATISFIED = "very_satisfied"
    SOLVED = "solved"
    GRADES = "grades"
    CALLED_BACK = "called_back"
    REACHED = "reached"
    REOPENED = "reopened"
    CLOSED = "closed"
    CONFIRMED = "confirmed"
    CONTESTED = "contested"
    UNCONFIRMED = "unconfirmed"
    VERIFIED = "verified"
    VERIFIED_OK = "verified_ok"


@dataclass(frozen=True, slots=True, order=True)
class Count:
    """`day` in ISO form, of the city's calendar."""

    day: str
    unit: str
    what: Counted
    n: int


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One row a case. `district`: the county-level division, twelve digits. Nothing in it is about a person."""

    case: str
    rev: int
    kind: str
    channel: str
    category: str
    district: str
    counts: tuple[Count, ...]


def district_of(division: str) -> str:
    """The county-level unit that a division of GB/T 2260 and 10114 lies in."""
    return f"{division[:6]}{'0' * 6}" if len(division) == 12 else division


def facts_of(case: Case) -> CaseFacts:
    """A case that tries the program out (`test_of`) adds nothing."""
    counts = () if case.test_of else _Walk(case).counts()
    return CaseFacts(
        case=case.id,
        rev=case.rev,
        kind=case.kind.value,
        channel=case.channel.value,
        category=case.category,
        district=district_of(case.place.division),
        counts=counts,
    )


@dataclass(slots=True)
class _Walk:
    """Along the events of one case. `unit` holds it now; `late`: its time ran out, and no more was given since."""

    case: Case
    unit: str = NOBODY
    round: int = 1
    late: bool = False
    accepted_at: datetime | None = None
    centre_since: datetime | None = None
    dispatched_at: datetime | None = None
    overdue_at: datetime | None = None
    first_reply: bool = True
    on_site: bool = False
    handled: tuple[datetime, str] | None = None
    answering: dict[int, str] = field(default_factory=dict)
    sums: Counter[tuple[str, str, Counted]] = field(default_factory=Counter)

    def counts(self) -> tuple[Count, ...]:
        self.add(Counted.FILED, self.case.filed_at, unit=NOBODY)
        for event in self.case.events:
            step = _STEPS.get(event.what)
            if step is not None:
                step(self, event)
        for rating in self.case.ratings:
            self.rated(rating)
        if self.handled is not None and self.case.is_open:
            self.add(Counted.HANDLED_OPEN, self.handled[0], unit=self.handled[1])
        if self.late and self.overdue_at is not None:  # no reply yet, and the time is over
            self.add(Counted.DUE, self.overdue_at)
        return tuple(sorted(Count(*key, n) for key, n in self.sums.items() if n))

    def add(self, what: Counted, at: datetime, n: int = 1, unit: str | None = None) -> None:
        self.sums[(civil_day(at).isoformat(), self.unit if unit is None else unit, what)] += n

    def accepted(self, event: CaseEvent) -> None:
        if self.accepted_at is not None:
            return
        self.accepted_at = self.centre_since = event.at
        centre = event.unit or NOBODY
        waited = max(event.at - self.case.filed_at, timedelta())
        self.add(Counted.ACCEPTED, event.at, unit=centre)
        self.add(Counted.ACCEPT_MINUTES, event.at, waited // _MINUTE, centre)
        self.add(Counted.ACCEPTED_IN_HOUR, event.at, int(waited <= _HOUR), centre)

    def answered(self, event: CaseEvent) -> None:
        self.accepted(event)
        self.unit = event.unit or NOBODY
        if self.round == 1:  # a case has been taken in once, and so is it answered at once
            self.add(Counted.ANSWERED, event.at)
        self.done(event)
        self.replied(event)

    def refused(self, event: CaseEvent) -> None:
        self.add(Counted.REFUSED, event.at, unit=event.unit or NOBODY)

    def dispatched(self, event: CaseEvent) -> None:
        lead, _, why = (event.detail or "").partition(" ")
        self.unit, self.on_site = lead, False
        self.add(Counted.DISPATCHED, event.at)
        if why.startswith("fallback"):
            self.add(Counted.FALLBACK, event.at)
        if self.centre_since is not None:
            self.add(Counted.DISPATCH_MINUTES, event.at, (event.at - self.centre_since) // _MINUTE)
        self.dispatched_at = event.at

    def transferred(self, event: CaseEvent) -> None:
        """Counted at the unit that passed it on."""
        self.add(Counted.TRANSFERRED, event.at)
        self.unit = event.detail or self.unit

    def returned(self, event: CaseEvent) -> None:
        self.add(Counted.RETURNED, event.at, unit=event.detail or self.unit)
        self.unit, self.centre_since = NOBODY, event.at

    def came(self, event: CaseEvent) -> None:
        if self.on_site or self.dispatched_at is None:
            return
        self.on_site = True
        self.add(Counted.ON_SITE, event.at)
        self.add(Counted.ON_SITE_MINUTES, event.at, (event.at - self.dispatched_at) // _MINUTE)

    def extended(self, event: CaseEvent) -> None:
        self.add(Counted.EXTENDED, event.at)
        self.late = False

    def overdue(self, event: CaseEvent) -> None:
        if self.late:
            return
        self.add(Counted.OVERDUE, event.at)
        self.late, self.overdue_at = True, event.at

    def done(self, event: CaseEvent) -> None:
        self.add(Counted.HANDLED, event.at)
        self.handled = (event.at, self.unit)

    def replied(self, event: CaseEvent) -> None:
        self.answering[self.round] = self.unit
        self.add(Counted.REPLIED, event.at)
        if self.first_reply:
            self.first_reply = False
            waited = max(event.at - self.case.filed_at, timedelta())
            self.add(Counted.FIRST_REPLIED, event.at)
            self.add(Counted.FIRST_REPLY_MINUTES, event.at, waited // _MINUTE)
        self.add(Counted.DUE, event.at)
        self.add(Counted.ON_TIME, event.at, int(not self.late and event.detail != LATE))
        self.late = False

    def reopened(self, event: CaseEvent) -> None:
        self.add(Counted.REOPENED, event.at)
        self.unit, self.late, self.round = NOBODY, False, self.round + 1
        self.centre_since, self.handled = event.at, None

    def rated(self, rating: CaseRating) -> None:
        unit = self.answering.get(rating.round, NOBODY)
        self.add(Counted.RATED, rating.at, 1, unit)
        self.add(Counted.GRADES, rating.at, rating.grade, unit)
        self.add(Counted.SOLVED, rating.at, int(rating.solved), unit)
        self.add(Counted.SATISFIED, rating.at, int(rating.grade >= CONTENT_FROM), unit)
        self.add(Counted.VERY_SATISFIED, rating.at, int(rating.grade >= _VERY_CONTENT_FROM), unit)

    def called(self, event: CaseEvent) -> None:
        self.add(Counted.CALLED_BACK, event.at)
        self.add(Counted.REACHED, event.at, int(event.detail == "reached"))

    def closed(self, event: CaseEvent) -> None:
        self.add(Counted.CLOSED, event.at)
        mind = _MINDS.get(self.case.confirmation)
        if mind is not None:
            self.add(mind, event.at)

    def verified(self, event: CaseEvent) -> None:
        self.add(Counted.VERIFIED, event.at)
        self.add(Counted.VERIFIED_OK, event.at, int(event.detail == "ok"))


_MINDS: Mapping[Confirmation, Counted] = {
    Confirmation.CONFIRMED: Counted.CONFIRMED,
    Confirmation.CONTESTED: Counted.CONTESTED,
    Confirmation.UNCONFIRMED: Counted.UNCONFIRMED,
}


def _counts(what: Counted) -> Callable[[_Walk, CaseEvent], None]:
    return lambda walk, event: walk.add(what, event.at)


_STEPS: Mapping[Happened, Callable[[_Walk, CaseEvent], None]] = MappingProxyType(
    {
        Happened.ACCEPTED: _Walk.accepted,
        Happened.ANSWERED: _Walk.answered,
        Happened.REFUSED: _Walk.refused,
        Happened.WITHDRAWN: _counts(Counted.WITHDRAWN),
        Happened.MERGED: _counts(Counted.MERGED),
        Happened.DISPATCHED: _Walk.dispatched,
        Happened.TRANSFERRED: _Walk.transferred,
        Happened.RETURNED: _Walk.returned,
        Happened.ON_SITE: _Walk.came,
        Happened.PAUSED: _counts(Counted.PAUSED),
        Happened.EXTENDED: _Walk.extended,
        Happened.OVERDUE: _Walk.overdue,
        Happened.ESCALATED: _counts(Counted.ESCALATED),
        Happened.SUPERVISED: _counts(Counted.SUPERVISED),
        Happened.HANDLED: _Walk.done,
        Happened.REPLIED: _Walk.replied,
        Happened.REOPENED: _Walk.reopened,
        Happened.CALLED_BACK: _Walk.called,
        Happened.CLOSED: _Walk.closed,
        Happened.VERIFIED: _Walk.verified,
    }
)
