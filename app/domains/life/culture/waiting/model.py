"""A place on the waiting list of a session, and its life.

waiting ── so many places are free, and it is his turn ──> offered (for him alone, until then)
offered ── taken ──> taken        offered ── not wanted, or over ──> passed (the next one's turn)
waiting ── left ──> left
waiting, offered ── the session has begun, or was cancelled ──> over

Nothing is paid by waiting, nor by an offer: what costs something is paid when it is taken.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from app.core.clock import CITY_TIME
from app.domains.life.culture.waiting.errors import OfferOver, WaitNotOpen

OFFER = timedelta(hours=2)
# Nobody loses his turn asleep: what is offered at night stays until the morning.
_NIGHT, _MORNING = time(22), time(9)


class WaitState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    PASSED = "passed"
    LEFT = "left"
    OVER = "over"


OPEN = frozenset({WaitState.WAITING, WaitState.OFFERED})


@dataclass(frozen=True, slots=True)
class Wait:
    """For `count` tickets together. `places` are kept for him `until` then, while they are offered; `purchase` is what
    he made of them. `rev` counts changes.
    """

    id: str
    citizen: str
    event: str
    session: str
    count: int
    state: WaitState
    since: datetime
    places: tuple[str, ...] = ()
    until: datetime | None = None
    purchase: str | None = None
    rev: int = 1

    @property
    def open(self) -> bool:
        return self.state in OPEN

    def offered(self, places: tuple[str, ...], until: datetime) -> Wait:
        return replace(self, state=WaitState.OFFERED, places=places, until=until, rev=self.rev + 1)

    def taken(self, purchase: str) -> Wait:
        return self._ended(WaitState.TAKEN, purchase)

    def left(self) -> Wait:
        """What was offered to him is passed on. Raises WaitNotOpen."""
        if not self.open:
            raise WaitNotOpen(self.state.value)
        return self._ended(WaitState.PASSED if self.state is WaitState.OFFERED else WaitState.LEFT)

    def over(self) -> Wait:
        return self._ended(WaitState.OVER)

    def lapsed(self, now: datetime) -> bool:
        return self.state is WaitState.OFFERED and self.until is not None and self.until <= now

    def demand_offered(self, now: datetime) -> None:
        """Raises WaitNotOpen, OfferOver."""
        if self.state is not WaitState.OFFERED:
            raise WaitNotOpen(self.state.value)
        if self.lapsed(now):
            raise OfferOver

    def _ended(self, state: WaitState, purchase: str | None = None) -> Wait:
        return replace(self, state=state, places=(), until=None, purchase=purchase, rev=self.rev + 1)


def offered_until(now: datetime, sold_until: datetime) -> datetime:
    """Two hours, the night not counted; never longer than tickets are sold."""
    until = now + OFFER
    local = until.astimezone(CITY_TIME)
    if local.time() >= _NIGHT or local.time() < _MORNING:
        day = local.date() + timedelta(days=local.time() >= _NIGHT)
        until = datetime.combine(day, _MORNING, CITY_TIME)
    return min(until, sold_until)
