"""What a case is made of, and how an event is added to it. The steps are taken elsewhere, by who takes them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Self

from app.core.clock import CITY_TIME
from app.core.viewer import Viewer
from app.domains.voice.cases.clocks.model import CaseClock, Mark
from app.domains.voice.cases.errors import CaseHeldByAnother, CaseNotHeld, CaseStateWrong, RequestPending
from app.domains.voice.cases.history.model import (
    LATE,
    OPEN,
    PUBLIC,
    CaseChannel,
    CaseEvent,
    CaseKind,
    CaseState,
    CaseTiming,
    Confirmation,
    Happened,
    Identity,
)
from app.domains.voice.cases.ratings.model import CallBack, CaseRating
from app.domains.voice.cases.requests.model import Answer, Ask, UnitRequest
from app.domains.voice.places.model import Place

MOST_ROUNDS = 2
MOST_EVENTS = 300
FALLBACK_AFTER = 2  # returns

ON_MARK = {Mark.DUE: Happened.OVERDUE, Mark.OVER: Happened.ESCALATED}


def end_of_day(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), CITY_TIME)


@dataclass(frozen=True, slots=True)
class Words:
    """What the reporter wrote, sealed with the case. `contact`: the number of a caller who has no account."""

    title: str = ""
    text: str = ""
    contact: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What everybody may read: the words with personal data struck out, as the reporter saw them beforehand."""

    title: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """A helping unit's own part."""

    unit: str
    words: str
    done_at: datetime | None = None
    handler: str | None = None
    result: str | None = None


@dataclass(frozen=True, slots=True)
class Supervision:
    """督办: the centre (or a leader) wants it done by a day, and looks. `missed_at`: when the day was seen to have gone
    by.
    """

    by: str
    at: datetime
    due: date
    words: str
    missed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """`citizen` is None of an anonymous one and of a caller without an account; its words are sealed under `owner`.
    `unit` leads; `tasks` are the helpers' parts; `units` are all of them with the organisations above. `rev` counts
    changes: each says which it follows. `returns` and `fallback` are of this round. `handlers_before`: who handled an
    earlier round. `test_of` as elsewhere. `whole`: it was read with all that people wrote; only such a one is kept
    anew.
    """

    id: str
    number: str
    owner: str
    citizen: str | None
    kind: CaseKind
    channel: CaseChannel
    category: str
    identity: Identity
    state: CaseState
    place: Place
    words: Words
    filed_at: datetime
    changed_at: datetime
    rev: int = 1
    by: str = ""
    urgent: bool = False
    wished_public: bool = False
    public: bool = False
    published: Published | None = None
    files: tuple[str, ...] = ()
    test_of: str | None = None
    unit: str | None = None
    units: tuple[str, ...] = ()
    handler: str | None = None
    tasks: tuple[Task, ...] = ()
    clock: CaseClock | None = None
    accepted_at: datetime | None = None
    dispatched_at: datetime | None = None
    on_site_at: datetime | None = None
    handled_at: datetime | None = None
    replied_at: datetime | None = None
    closed_at: datetime | None = None
    confirmation: Confirmation = Confirmation.NONE
    reply: str | None = None
    right_place: str | None = None
    round: int = 1
    returns: int = 0
    fallback: bool = False
    units_before: tuple[str, ...] = ()
    handlers_before: tuple[str, ...] = ()
    requests: tuple[UnitRequest, ...] = ()
    ratings: tuple[CaseRating, ...] = ()
    call_backs: tuple[CallBack, ...] = ()
    supervision: Supervision | None = None
    warned: tuple[Mark, ...] = ()
    into: str | None = None
    parent: str | None = None
    origin: str | None = None
    receipt: str | None = None
    events: tuple[CaseEvent, ...] = ()
    timing: CaseTiming = field(default_factory=CaseTiming)
    whole: bool = field(default=True, compare=False)

    @property
    def record(self) -> str:
        """As other rooms name it."""
        return f"case:{self.id}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def pending(self) -> UnitRequest | None:
        return next((one for one in self.requests if one.pending), None)

    @property
    def pause_ends(self) -> datetime | None:
        """When the pause that was granted is over by itself: at the end of its last day."""
        if self.clock is None or not self.clock.is_paused:
            return None
        granted = (one for one in reversed(self.requests) if one.ask is Ask.PAUSE and one.answer is Answer.APPROVED)
        return next((end_of_day(one.until) for one in granted if one.until is not None), None)

    def lateness(self, at: datetime) -> str | None:
        """What a reply at this moment says of its time: LATE, or nothing."""
        due = self.timing.due
        return LATE if due is not None and at >= due else None

    def demand(self, *states: CaseState) -> None:
        """Raises CaseStateWrong."""
        if self.state not in states:
            raise CaseStateWrong(self.state.value)

    def _reopened(self, by: Viewer, at: datetime) -> Self:
        """Anew at the centre, with its history; the next clock starts when it is dispatched anew by `restarted`. Whom
        it fell to, and who gave it back, was of the round that is over: others may say that it is not theirs.
        """
        return self._given_back(
            Happened.REOPENED,
            by,
            at,
            round=self.round + 1,
            returns=0,
            fallback=False,
            handled_at=None,
            replied_at=None,
            warned=(),
            supervision=None,  # the day that was set was for what was done since
        )

    def _given_back(self, what: Happened, by: Viewer, at: datetime, detail: str | None = None, **changed: Any) -> Self:
        before = (*self.units_before, *([self.unit] if self.unit else []))
        handlers = (*self.handlers_before, *([self.handler] if self.handler and what is Happened.REOPENED else []))
        return self._stepped(
            what,
            by,
            at,
            detail=detail,
            state=CaseState.ACCEPTED,
            unit=None,
            units=(),
            tasks=(),
            handler=None,
            units_before=tuple(dict.fromkeys(before)),
            handlers_before=tuple(dict.fromkeys(handlers)),
            **changed,
        )

    def _closed(self, by: Viewer, at: datetime) -> Self:
        return self._ended(Happened.CLOSED, CaseState.CLOSED, by, at, detail=self.confirmation.value, closed_at=at)

    def _ended(self, what: Happened, state: CaseState, by: Viewer, at: datetime, **changed: Any) -> Self:
        stopped = self.clock.stopped_at(at) if self.clock else None
        lapsed = tuple(replace(one, answer=Answer.LAPSED) if one.pending else one for one in self.requests)
        return self._stepped(what, by, at, state=state, clock=stopped, requests=lapsed, **changed)

    def _demand_settled(self) -> None:
        if self.pending is not None:
            raise RequestPending

    def _demand_held(self, by: Viewer, *states: CaseState) -> None:
        self.demand(*states)
        if self.handler is None:
            raise CaseNotHeld
        if self.handler != by.acting():
            raise CaseHeldByAnother

    def _stepped(
        self,
        what: Happened,
        by: Viewer,
        at: datetime,
        *,
        text: str | None = None,
        detail: str | None = None,
        attached: tuple[str, ...] = (),
        public_too: bool = False,
        **changed: Any,
    ) -> Self:
        seen = what in PUBLIC or public_too
        event = CaseEvent(what, at, by.acting(), by.role, by.organisation, text, detail, attached, seen)
        return replace(self, rev=self.rev + 1, changed_at=at, events=(*self.events, event), **changed)
