"""A place on a waiting list, and its life.

waiting ── a seat is free, and it is his turn ──> offered (ten minutes, for him alone)
offered ── accepted ──> accepted        offered ── declined or over ──> passed (the next one's turn)
waiting ── left, or the last day is over ──> left
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.domains.appointments.booking.waiting.errors import NotWaiting, WaitingDaysInvalid

MOST_DAYS = timedelta(days=60)


class WaitingState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    PASSED = "passed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Waiting:
    """`resource`: with this one only. `booking` is what was offered."""

    id: str
    citizen: str
    booked_by: str
    service: str
    first: date
    last: date
    state: WaitingState
    since: datetime
    resource: str | None = None
    booking: str | None = None

    def offered(self, booking: str) -> Waiting:
        """Raises NotWaiting."""
        self._demand(WaitingState.WAITING)
        return replace(self, state=WaitingState.OFFERED, booking=booking)

    def settled(self, state: WaitingState) -> Waiting:
        """The offer was accepted, declined or not answered. Raises NotWaiting."""
        self._demand(WaitingState.OFFERED)
        return replace(self, state=state)

    def left(self) -> Waiting:
        """Raises NotWaiting."""
        self._demand(WaitingState.WAITING)
        return replace(self, state=WaitingState.LEFT)

    def _demand(self, state: WaitingState) -> None:
        if self.state is not state:
            raise NotWaiting


def check_days(first: date, last: date, today: date) -> None:
    """Raises WaitingDaysInvalid."""
    if not (today <= last and first <= last <= first + MOST_DAYS and last <= today + MOST_DAYS):
        raise WaitingDaysInvalid
