"""A ride: by whom, on which line, what it cost and how that came about.

free      it cost nothing
paid      from the wallet, or by the credit line
owed      there was nothing to pay it with: it is collected as soon as there is; three of them, and codes are refused
borne     its passenger is not there any more, and nobody owes it: the city bears it
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from app.core.clock import civil_day
from app.core.errors import BadInput
from app.core.money import Money
from app.domains.payment.rides.fares.model import Fare, FarePart, FareRules

# Who owes this many is not let on by his code.
MOST_OWED = 3
OLDEST = timedelta(days=7)
AHEAD = timedelta(minutes=2)
MOST_METRES = 500_000
_REFERENCE = 64


class RideState(StrEnum):
    FREE = "free"
    PAID = "paid"
    OWED = "owed"
    BORNE = "borne"


class RideChannel(StrEnum):
    ONLINE = "online"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class RideReport:
    """As a bus reports it. `reference` is the operator's own number of it, `code` what was shown; `metres` how far it
    went, where the fare asks for it.
    """

    reference: str
    line: str
    code: str
    at: datetime
    metres: int | None = None

    def checked(self) -> RideReport:
        """With its moment as the database keeps it, however it was written. Raises BadInput."""
        if not 1 <= len(self.reference) <= _REFERENCE or not self.reference.isprintable():
            raise BadInput(field="reference")
        if self.metres is not None and not 0 <= self.metres <= MOST_METRES:
            raise BadInput(field="metres")
        if len(self.code) > 2_000:
            raise BadInput(field="code")
        return replace(self, at=_kept(self.at))


@dataclass(frozen=True, slots=True)
class Passenger:
    """Whose code it was, and what the code says of him. `code` is the id of an offline code."""

    citizen: str
    over_60: bool
    under_18: bool
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Ride:
    """`fare` says how it came about; `rules` are those it was worked out by. `payment` paid it."""

    id: str
    operator: str
    reference: str
    citizen: str
    line: str
    rules: str
    channel: RideChannel
    at: datetime
    reported_at: datetime
    fare: Fare
    state: RideState
    metres: int | None = None
    payment: str | None = None

    @property
    def day(self) -> date:
        return civil_day(self.at)

    @property
    def amount(self) -> Money:
        return Money(self.fare.fen)

    @property
    def was_transfer(self) -> bool:
        return any(step.part is FarePart.TRANSFER for step in self.fare.steps)

    def is_of(self, report: RideReport) -> bool:
        """Whether this is what is reported again; online, the moment is the city's own."""
        same = (self.line, self.metres) == (report.line, report.metres)
        return same and (self.channel is RideChannel.ONLINE or self.at == report.at)

    def allows_transfer_to(self, rules: FareRules, at: datetime) -> bool:
        """Whether boarding another line then is a transfer from this one: within its time, and not from a transfer."""
        near = timedelta() <= at - self.at <= rules.transfer_within
        return near and self.operator == rules.operator and self.line != rules.line and not self.was_transfer

    def costing(self, fare: Fare) -> Ride:
        return replace(self, fare=fare, state=RideState.OWED if fare.fen else RideState.FREE)

    def paid(self, payment: str) -> Ride:
        return replace(self, state=RideState.PAID, payment=payment)

    def borne(self) -> Ride:
        return replace(self, state=RideState.BORNE)


def left_before(rides: Iterable[Ride], line: str) -> Ride | None:
    """From which of these (one operator's, the newest first) somebody who boards this line changes: the last one of
    another line, unless a transfer was taken since.
    """
    for ride in rides:
        if ride.was_transfer or ride.line != line:
            return ride
    return None


def ride_id(operator: str, reference: str) -> str:
    """One reference, one ride: the id is made of both."""
    return hashlib.sha256(f"{operator}\0{reference}".encode()).hexdigest()[:40]


def _kept(at: datetime) -> datetime:
    """In UTC, cut to milliseconds. Raises BadInput: a moment without its offset could be any."""
    if at.tzinfo is None:
        raise BadInput(field="at")
    try:
        there = at.astimezone(UTC)
    except OverflowError:
        raise BadInput(field="at") from None
    return there.replace(microsecond=there.microsecond // 1000 * 1000)
