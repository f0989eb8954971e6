"""An event and its sessions: each of them in one hall, at one time.

draft ──> published ──> cancelled       a session can be moved, or cancelled by itself
draft ──> cancelled

A published event is not rewritten: people hold tickets for what it said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from app.core.said import UNSAID, Said
from app.domains.life.culture.events.errors import CultureEventNotDraft, CultureEventOver, EventSessionOver
from app.domains.life.culture.venues.model import MOST_ROOM, Hall, demand, demand_said

MOST_SESSIONS = 60
MOST_PER_PERSON = 10
_DEAREST = 500_000  # fen
_LONGEST, _FARTHEST = timedelta(days=120), timedelta(days=400)
_MOST_WORDS = 3_000


class CultureEventKind(StrEnum):
    EXHIBITION = "exhibition"
    CONCERT = "concert"
    PLAY = "play"
    OPERA = "opera"
    LECTURE = "lecture"
    SPORT = "sport"
    WORKSHOP = "workshop"
    FAMILY = "family"


class CultureEventState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class EventSessionState(StrEnum):
    OPEN = "open"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Profile:
    """What an event is: `fen` for a ticket (0: free), `per_person` tickets at most, which can be returned until
    `return_hours` before the session begins.
    """

    kind: CultureEventKind
    name: Said
    words: Said = UNSAID
    fen: int = 0
    per_person: int = 4
    return_hours: int = 24

    def checked(self) -> Profile:
        """Raises CultureInvalid."""
        demand_said(self.name, "name")
        demand(len(self.words.zh) <= _MOST_WORDS and len(self.words.en) <= 2 * _MOST_WORDS, "words")
        demand(0 <= self.fen <= _DEAREST, "price")
        demand(1 <= self.per_person <= MOST_PER_PERSON, "perPerson")
        demand(0 <= self.return_hours <= 24 * 30, "returnHours")
        return self


@dataclass(frozen=True, slots=True)
class CultureEvent:
    """`ends_at`: when its last session does. `rev` counts changes."""

    id: str
    organisation: str
    profile: Profile
    state: CultureEventState
    made_at: datetime
    ends_at: datetime | None = None
    reason: str = ""
    rev: int = 1

    @property
    def published(self) -> bool:
        return self.state is CultureEventState.PUBLISHED

    @property
    def turn(self) -> str:
        """By what those to come are sorted: who ends first is first. In one zone, whichever the seller wrote it in."""
        return f"{self.ends_at.astimezone(UTC).isoformat() if self.ends_at else ''}/{self.id}"

    def rewritten(self, profile: Profile) -> CultureEvent:
        """Raises CultureEventNotDraft."""
        if self.state is not CultureEventState.DRAFT:
            raise CultureEventNotDraft(self.state.value)
        return replace(self, profile=profile, rev=self.rev + 1)

    def published_(self) -> CultureEvent:
        """Raises CultureEventNotDraft."""
        if self.state is not CultureEventState.DRAFT:
            raise CultureEventNotDraft(self.state.value)
        return replace(self, state=CultureEventState.PUBLISHED, rev=self.rev + 1)

    def cancelled(self, reason: str, now: datetime) -> CultureEvent:
        """What nobody ever saw has no day it was for, either. Raises CultureEventOver."""
        over = self.published and self.ends_at is not None and self.ends_at <= now
        if over or self.state is CultureEventState.CANCELLED:
            raise CultureEventOver
        ends_at = self.ends_at if self.published else None
        return replace(self, state=CultureEventState.CANCELLED, ends_at=ends_at, reason=reason, rev=self.rev + 1)

    def lasting(self, sessions: Iterable[EventSession]) -> CultureEvent:
        """With the end of the last session that takes place."""
        ends = [one.ends_at for one in sessions if one.open]
        return replace(self, ends_at=max(ends, default=None), rev=self.rev + 1)


@dataclass(frozen=True, slots=True)
class EventSession:
    """`hall` of `venue`, with `room` places there. `moved_from`: when it was to begin before."""

    id: str
    event: str
    organisation: str
    venue: str
    hall: str
    starts_at: datetime
    ends_at: datetime
    room: int
    numbered: bool
    state: EventSessionState = EventSessionState.OPEN
    moved_from: datetime | None = None
    reason: str = ""
    rev: int = 1

    @property
    def open(self) -> bool:
        return self.state is EventSessionState.OPEN

    def demand_to_come(self, now: datetime) -> None:
        """Raises EventSessionOver."""
        if not self.open or self.ends_at <= now:
            raise EventSessionOver

    @property
    def sold_until(self) -> datetime:
        """To a seat one comes when it begins; to an exhibition while it is open."""
        return self.starts_at if self.numbered else self.ends_at

    def on_sale(self, now: datetime) -> bool:
        return self.open and now < self.sold_until

    def demand_on_sale(self, now: datetime) -> None:
        """Raises EventSessionOver."""
        if not self.on_sale(now):
            raise EventSessionOver

    def returnable_until(self, profile: Profile) -> datetime:
        """What was moved may be returned until it begins, whatever was agreed."""
        return self.starts_at if self.moved_from else self.starts_at - timedelta(hours=profile.return_hours)

    def meets(self, other: EventSession) -> bool:
        """Whether both are in one hall at one time."""
        same = (self.venue, self.hall) == (other.venue, other.hall)
        return same and self.open and other.open and self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def moved(self, starts_at: datetime, ends_at: datetime, reason: str, now: datetime) -> EventSession:
        """Raises EventSessionOver (it has begun), CultureInvalid."""
        if not self.open or self.starts_at <= now:
            raise EventSessionOver
        demand_times(starts_at, ends_at, now)
        before = self.moved_from or self.starts_at
        return replace(self, starts_at=starts_at, ends_at=ends_at, moved_from=before, reason=reason, rev=self.rev + 1)

    def cancelled(self, reason: str, now: datetime) -> EventSession:
        """Raises EventSessionOver."""
        self.demand_to_come(now)
        return replace(self, state=EventSessionState.CANCELLED, reason=reason, rev=self.rev + 1)


@dataclass(frozen=True, slots=True)
class NewSession:
    """What a provider asks for; `room`: fewer than the hall takes, where its seats are not numbered."""

    venue: str
    hall: str
    starts_at: datetime
    ends_at: datetime
    room: int | None = None

    def in_hall(self, id_: str, event: str, organisation: str, hall: Hall) -> EventSession:
        """Raises CultureInvalid."""
        room = hall.capacity if self.room is None or hall.numbered else self.room
        demand(1 <= room <= min(hall.capacity, MOST_ROOM), "room")
        return EventSession(
            id_,
            event,
            organisation,
            self.venue,
            self.hall,
            self.starts_at,
            self.ends_at,
            room,
            numbered=hall.numbered,
        )


def demand_times(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raises CultureInvalid."""
    demand(now < starts_at <= now + _FARTHEST, "startsAt")
    demand(starts_at < ends_at <= starts_at + _LONGEST, "endsAt")


def parsed_reason(raw: str) -> str:
    """Raises CultureInvalid."""
    said = " ".join(raw.split())
    demand(2 <= len(said) <= 200 and said.isprintable(), "reason")
    return said
