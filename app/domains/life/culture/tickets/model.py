"""What somebody bought of one session: some tickets, each with a place of its own.

held ── paid ──────────> good ── the last one returned ──> returned
held ── not in time ───> lapsed          (money that comes later goes back)
held ── not paid ──────> given_up
held, good ── the session is cancelled ──> cancelled      (its money goes back)

What is free is good at once. A ticket of a good purchase is good, used once, or returned.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from app.core.clock import CITY_TIME, civil_day
from app.core.tills.model import Means
from app.domains.life.culture.events.model import EventSession
from app.domains.life.culture.tickets.errors import PurchaseNotOpen, SeatsInvalid, TicketsNotReturnable

HOLD = timedelta(minutes=15)
_REMINDED_AT = time(10)


class PurchaseState(StrEnum):
    HELD = "held"
    GOOD = "good"
    LAPSED = "lapsed"
    GIVEN_UP = "given_up"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class TicketState(StrEnum):
    GOOD = "good"
    USED = "used"
    RETURNED = "returned"


OPEN = frozenset({PurchaseState.HELD, PurchaseState.GOOD})


@dataclass(frozen=True, slots=True)
class Ticket:
    """`place` is the seat (`C-12`), or where seats have no numbers, the number of the place."""

    id: str
    place: str
    state: TicketState = TicketState.GOOD
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Seats by name, or so many places."""

    count: int
    seats: tuple[str, ...] = ()

    @classmethod
    def of(cls, count: int | None, seats: Collection[str], session: EventSession, most: int) -> Wanted:
        """Raises SeatsInvalid."""
        named = tuple(dict.fromkeys(seats))
        many = len(named) if named else count or 0
        if len(named) != len(seats) or bool(named) is not session.numbered or not 1 <= many <= most:
            raise SeatsInvalid
        return cls(many, named)


@dataclass(frozen=True, slots=True)
class Purchase:
    """`fen` for each ticket. `refunded`: what went back so far. `owed`: what shall go back and could not be asked for
    yet. `starts_at` and `ends_at` are those its holder was told last; `remind_at` is when he is reminded of it.
    """

    id: str
    number: str
    citizen: str
    event: str
    session: str
    organisation: str
    fen: int
    tickets: tuple[Ticket, ...]
    state: PurchaseState
    made_at: datetime
    starts_at: datetime
    ends_at: datetime
    hold_until: datetime | None = None
    sale: str | None = None
    means: Means | None = None
    refunded: int = 0
    owed: int = 0
    reason: str = ""
    remind_at: datetime | None = None
    rev: int = 1

    @property
    def total(self) -> int:
        return self.fen * len(self.tickets)

    @property
    def places(self) -> tuple[str, ...]:
        """Those it still holds."""
        if self.state not in OPEN:
            return ()
        return tuple(one.place for one in self.tickets if one.state is not TicketState.RETURNED)

    def state_at(self, now: datetime) -> PurchaseState:
        late = self.state is PurchaseState.HELD and self.hold_until is not None and self.hold_until <= now
        return PurchaseState.LAPSED if late else self.state

    def ticket(self, ticket: str) -> Ticket | None:
        return next((one for one in self.tickets if one.id == ticket), None)

    def paid(self) -> Purchase:
        """Raises PurchaseNotOpen."""
        self.demand_held()
        return replace(self, state=PurchaseState.GOOD, hold_until=None, rev=self.rev + 1)

    def ended(self, state: PurchaseState, reason: str) -> Purchase:
        """Raises PurchaseNotOpen."""
        if self.state not in OPEN:
            raise PurchaseNotOpen(self.state.value)
        return replace(self, state=state, reason=reason, hold_until=None, rev=self.rev + 1)

    def returned(self, tickets: Collection[str]) -> Purchase:
        """These, or with none named all that are good. Raises TicketsNotReturnable."""
        good = {one.id for one in self.tickets if one.state is TicketState.GOOD}
        going = set(tickets) or good
        if self.state is not PurchaseState.GOOD or not going or not going <= good:
            raise TicketsNotReturnable
        left = tuple(replace(one, state=TicketState.RETURNED) if one.id in going else one for one in self.tickets)
        all_ = all(one.state is TicketState.RETURNED for one in left)
        state = PurchaseState.RETURNED if all_ else self.state
        return replace(self, tickets=left, state=state, rev=self.rev + 1)

    def entered(self, ticket: str, now: datetime) -> Purchase:
        """With this ticket used."""
        used = tuple(
            replace(one, state=TicketState.USED, used_at=now) if one.id == ticket else one for one in self.tickets
        )
        return replace(self, tickets=used, rev=self.rev + 1)

    def given_back(self, fen: int) -> Purchase:
        """Negative: what was to go back could not; that is for people to look at, and not owed by itself again."""
        owed = max(0, self.owed - max(0, fen))
        return replace(self, refunded=self.refunded + fen, owed=owed, rev=self.rev + 1)

    def owing(self, fen: int) -> Purchase:
        return replace(self, owed=fen, rev=self.rev + 1)

    def told(self, session: EventSession, now: datetime) -> Purchase:
        return replace(self.during(session, now), rev=self.rev + 1)

    def during(self, session: EventSession, now: datetime) -> Purchase:
        """With the times of its session, and the reminder that belongs to them."""
        remind_at = day_before(session.starts_at, now)
        return replace(self, starts_at=session.starts_at, ends_at=session.ends_at, remind_at=remind_at)

    def reminded(self) -> Purchase:
        return replace(self, remind_at=None, rev=self.rev + 1)

    def due_back(self, until: datetime, now: datetime) -> int:
        """What goes back by the event's own rule when all of it is given up now: `until` then it can be returned."""
        good = sum(one.state is TicketState.GOOD for one in self.tickets)
        paid = self.state is PurchaseState.GOOD and self.sale is not None
        return min(self.fen * good, self.total - self.refunded) if paid and now < until else 0

    def demand_held(self) -> None:
        """Raises PurchaseNotOpen."""
        if self.state is not PurchaseState.HELD:
            raise PurchaseNotOpen(self.state.value)


def in_order(place: str) -> tuple[str, int]:
    """By what places stand in the order in which people sit."""
    row, _, seat = place.rpartition("-")
    return row, int(seat)


def facts_of(purchase: Purchase) -> dict[str, str]:
    """What is told of it: when, and nothing of what for."""
    return {"purchase": purchase.id, **told_of(purchase.starts_at)}


def told_of(starts_at: datetime) -> dict[str, str]:
    local = starts_at.astimezone(CITY_TIME)
    return {"day": local.date().isoformat(), "time": f"{local:%H:%M}"}


def day_before(starts_at: datetime, now: datetime) -> datetime | None:
    """When one is reminded: in the morning of the day before. None: that is over."""
    moment = datetime.combine(civil_day(starts_at) - timedelta(days=1), _REMINDED_AT, CITY_TIME)
    return moment if moment > now else None


class RunKind(StrEnum):
    CANCELLED = "cancelled"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Run:
    """What is done for all who hold tickets of a session: `told` so many of them, who get `fen` back together."""

    id: str
    session: str
    event: str
    kind: RunKind
    at: datetime
    told: int = 0
    fen: int = 0
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sold:
    """Of a session: tickets that are `good` (used ones too), `used`, `held` until they are paid; `fen` for the good. So
    many people are `waiting` for some.
    """

    good: int = 0
    used: int = 0
    held: int = 0
    fen: int = 0
    waiting: int = 0

    def with_(self, held: bool, state: TicketState, count: int, fen: int) -> Sold:
        if state is TicketState.RETURNED:
            return self
        if held:
            return replace(self, held=self.held + count)
        used = count if state is TicketState.USED else 0
        return replace(self, good=self.good + count, used=self.used + used, fen=self.fen + fen)
