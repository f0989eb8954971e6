"""A proposal: what citizens ask for together, and the reply that so many of them are owed.

draft ── handed in ──> moderated ── shown ──> collecting ── threshold ──> reached ── replied ──> answered
  ^                        │                      └── its days are over ──> expired
  └───── hidden: mend ─────┘     draft, moderated, collecting ── by its author ──> withdrawn

Thresholds and days are those of the level it is for, as they were when collecting began. The reply is owed within
working days from the day on which the threshold was reached; a reply that is late stays owed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from app.core.calendar.clock import Light, WorkingClock
from app.core.calendar.model import WorkingCalendar
from app.core.clock import civil_day
from app.core.limit import Limit
from app.domains.voice.conversations.moderation.model import Visibility
from app.domains.voice.conversations.proposals.errors import OwnProposal, ProposalStateWrong, ReplyNotOwed

MOST_AT_A_TIME = 3
SUPPORTED = Limit("proposal_supported", 100, timedelta(days=1))
SAVED = Limit("proposal_saved", 60, timedelta(days=1))
RULE = "proposal_reply"


class ProposalState(StrEnum):
    DRAFT = "draft"
    MODERATED = "moderated"  # somebody looks at it
    COLLECTING = "collecting"
    REACHED = "reached"  # a reply is owed
    ANSWERED = "answered"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class ProposalLevel(StrEnum):
    CITY = "city"
    DISTRICT = "district"
    TOWNSHIP = "township"


OPEN = frozenset({ProposalState.DRAFT, ProposalState.MODERATED, ProposalState.COLLECTING})
PUBLIC = frozenset({ProposalState.COLLECTING, ProposalState.REACHED, ProposalState.ANSWERED, ProposalState.EXPIRED})


@dataclass(frozen=True, slots=True)
class Terms:
    """`threshold`: so many supporters within so many `days`; then a reply within `reply_days` working days."""

    threshold: int
    days: int
    reply_days: int


TERMS: Mapping[ProposalLevel, Terms] = {
    ProposalLevel.CITY: Terms(500, 60, 20),
    ProposalLevel.DISTRICT: Terms(200, 60, 15),
    ProposalLevel.TOWNSHIP: Terms(50, 45, 10),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """`by` is the member of staff, whom nobody sees. `adopted`: it will be done, in whole or in part."""

    text: str
    adopted: bool
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """`area`: the division it is for, by its code. `unit` owes the reply. `rev` counts the changes, of which support
    is none: `supports` is counted where it stands.
    """

    id: str
    author: str | None
    name: str
    level: ProposalLevel
    area: str
    title: str
    text: str
    state: ProposalState
    at: datetime
    changed_at: datetime
    visibility: Visibility = Visibility.WAITING
    unit: str | None = None
    terms: Terms = TERMS[ProposalLevel.CITY]
    supports: int = 0
    opened_at: datetime | None = None
    closes_at: datetime | None = None
    reached_at: datetime | None = None
    clock: WorkingClock | None = None
    reply: Reply | None = None
    escalated_at: datetime | None = None
    rev: int = 1
    left: bool = False

    @property
    def is_shown(self) -> bool:
        return self.visibility is Visibility.SHOWN and self.state in PUBLIC

    def readable_by(self, citizen: str | None) -> bool:
        return self.is_shown or (citizen is not None and self.author == citizen)

    def demand(self, *states: ProposalState) -> None:
        """Raises ProposalStateWrong."""
        if self.state not in states:
            raise ProposalStateWrong(self.state.value)

    def state_at(self, now: datetime) -> ProposalState:
        """A proposal whose days are over has expired, whether or not anybody has written it down yet."""
        over = self.state is ProposalState.COLLECTING and self.closes_at is not None and now >= self.closes_at
        return ProposalState.EXPIRED if over else self.state

    # The author

    def filled(self, level: ProposalLevel, area: str, title: str, text: str, at: datetime) -> Proposal:
        """A draft, or one that was not let through. Raises ProposalStateWrong."""
        if self.visibility is not Visibility.HIDDEN or self.state is not ProposalState.MODERATED:
            self.demand(ProposalState.DRAFT)
        draft = ProposalState.DRAFT
        return self._changed(at, state=draft, level=level, area=area, title=title, text=text)

    def handed_in(self, name: str, at: datetime) -> Proposal:
        """To be looked at; under this name others will see it. Raises ProposalStateWrong."""
        self.demand(ProposalState.DRAFT)
        return self._changed(at, state=ProposalState.MODERATED, name=name, visibility=Visibility.WAITING)

    def withdrawn(self, at: datetime) -> Proposal:
        """Until the threshold is reached: then it is no longer its author's alone. Raises ProposalStateWrong."""
        self.demand(*OPEN)
        return self._changed(at, state=ProposalState.WITHDRAWN)

    # Those who moderate

    def turned(self, to: Visibility, at: datetime) -> Proposal:
        """Shown for the first time, collecting begins; hidden before that, its author may mend it or appeal."""
        seen = self._changed(at, visibility=to)
        if self.state is not ProposalState.MODERATED or to is not Visibility.SHOWN:
            return seen
        terms = TERMS[self.level]
        closes = at + timedelta(days=terms.days)
        return replace(seen, state=ProposalState.COLLECTING, terms=terms, opened_at=at, closes_at=closes)

    # Those who support it

    def demand_supportable(self, citizen: str, now: datetime) -> None:
        """Raises ProposalStateWrong, OwnProposal."""
        if self.state_at(now) is not ProposalState.COLLECTING:
            raise ProposalStateWrong(self.state_at(now).value)
        if self.author == citizen:
            raise OwnProposal

    def reached(self, unit: str | None, at: datetime) -> Proposal:
        """So many stand behind it: `unit` owes a reply. Raises ProposalStateWrong."""
        self.demand(ProposalState.COLLECTING)
        clock = WorkingClock(RULE, self.terms.reply_days, at)
        return self._changed(at, state=ProposalState.REACHED, unit=self.unit or unit, reached_at=at, clock=clock)

    # Those who owe the reply

    def assigned(self, unit: str, at: datetime) -> Proposal:
        """To the department that is to reply; the days that have gone stay gone. Raises ProposalStateWrong."""
        self.demand(ProposalState.MODERATED, ProposalState.COLLECTING, ProposalState.REACHED)
        return self._changed(at, unit=unit)

    def answered(self, reply: Reply, unit: str) -> Proposal:
        """Raises ProposalStateWrong, ReplyNotOwed."""
        self.demand(ProposalState.REACHED)
        if self.unit != unit:
            raise ReplyNotOwed
        stopped = self.clock.stopped_at(reply.at) if self.clock else None
        return self._changed(reply.at, state=ProposalState.ANSWERED, reply=reply, clock=stopped)

    # Time

    def expired(self, at: datetime) -> Proposal:
        """Raises ProposalStateWrong."""
        self.demand(ProposalState.COLLECTING)
        return self._changed(at, state=ProposalState.EXPIRED)

    def escalated(self, at: datetime) -> Proposal:
        """The reply is overdue: those above are told, once."""
        return self._changed(at, escalated_at=at)

    def due(self, calendar: WorkingCalendar) -> date | None:
        return self.clock.due(calendar) if self.clock else None

    def is_overdue(self, calendar: WorkingCalendar, now: datetime) -> bool:
        return self.clock is not None and self.clock.light(calendar, now) is Light.RED

    def looks_on(self, calendar: WorkingCalendar) -> date | None:
        """The day from which time may change it by itself: its days are over, or the reply is overdue."""
        if self.state is ProposalState.COLLECTING and self.closes_at is not None:
            return civil_day(self.closes_at)
        if self.state is ProposalState.REACHED and self.escalated_at is None and self.clock is not None:
            due = self.clock.due(calendar)
            return due + timedelta(days=1) if due else None
        return None

    def _changed(self, at: datetime, **changed: Any) -> Proposal:
        return replace(self, rev=self.rev + 1, changed_at=at, **changed)
