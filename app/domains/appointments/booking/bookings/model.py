"""A booking and its life.

held ── confirmed (paid, when there is a fee) ──> booked
booked ── checked in ──> arrived ── called ──> called ── served ──> served
held ── five minutes are over, or dropped ──> expired, released
offered (from the waiting list, ten minutes) ── accepted ──> booked, or held until paid
offered ── declined or over ──> expired
booked ── cancelled by the citizen (until the cut-off) or by the venue ──> cancelled
booked ── moved ──> booked, at another time (`sequence` grows)
booked ── nobody came ──> no_show
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.core.clock import CITY_TIME, civil_day
from app.core.said import UNSAID, Said
from app.domains.appointments.booking.bookings.errors import BookingNotOpen, HoldExpired, TooLateToChange

HOLD = timedelta(minutes=5)
OFFER = timedelta(minutes=10)
# How long before the start one is reminded.
REMINDERS = (timedelta(days=1), timedelta(hours=2))


class BookingState(StrEnum):
    OFFERED = "offered"
    HELD = "held"
    BOOKED = "booked"
    ARRIVED = "arrived"
    CALLED = "called"
    SERVED = "served"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    RELEASED = "released"
    EXPIRED = "expired"


# What takes a seat and counts against a person's limits.
OPEN = frozenset({BookingState.OFFERED, BookingState.HELD, BookingState.BOOKED, BookingState.ARRIVED})
# What waits for the citizen until `hold_until`.
PENDING = frozenset({BookingState.OFFERED, BookingState.HELD})


class CancelledBy(StrEnum):
    CITIZEN = "citizen"
    VENUE = "venue"
    ERASURE = "erasure"


class PaymentState(StrEnum):
    """`due`: asked for and not known to be paid. `owed_back`: to be refunded if it was paid, or will yet be."""

    NONE = "none"
    DUE = "due"
    PAID = "paid"
    OWED_BACK = "owed_back"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class Booking:
    """`number` is what one quotes. `fee` in fen. `own_number` is the hospital's. `cut_off` is the last moment to
    cancel or move. `sequence` counts what changed, for calendars. `booked_by` is the citizen or his guardian.
    `remind_at` is when he is next reminded. `version` counts every save. `came`: he checked in once, and left again.
    """

    id: str
    number: str
    citizen: str
    booked_by: str
    venue: str
    service: str
    resource: str
    slot: str
    starts_at: datetime
    ends_at: datetime
    state: BookingState
    made_at: datetime
    cut_off: datetime
    hold_until: datetime | None = None
    fee: int = 0
    payment: PaymentState = PaymentState.NONE
    pay_at: str | None = None
    own_number: str | None = None
    sequence: int = 0
    cancelled_by: CancelledBy | None = None
    reason: str | None = None
    reason_en: str = ""
    test: bool = False
    remind_at: datetime | None = None
    version: int = 0
    came: bool = False

    @property
    def day(self) -> date:
        return civil_day(self.starts_at)

    @property
    def open(self) -> bool:
        return self.state in OPEN

    def state_on(self, now: datetime) -> BookingState:
        """A hold past its time is expired, whether or not the sweep has been there."""
        over = self.state in PENDING and self.hold_until is not None and self.hold_until <= now
        return BookingState.EXPIRED if over else self.state

    def demand_pending(self, state: BookingState, now: datetime) -> None:
        """Raises HoldExpired, BookingNotOpen."""
        if self.state_on(now) is BookingState.EXPIRED:
            raise HoldExpired
        if self.state is not state:
            raise BookingNotOpen(state=self.state.value)

    def confirmed(self, now: datetime) -> Booking:
        """Raises HoldExpired, BookingNotOpen."""
        if self.state not in PENDING or self.state_on(now) is BookingState.EXPIRED:
            self.demand_pending(BookingState.HELD, now)
        return self._booked(now)

    def paid_in_time(self, now: datetime) -> Booking:
        """Its payment was seen after its end only, and its seat is still there. Raises BookingNotOpen."""
        if self.state is not BookingState.HELD or self.payment is not PaymentState.DUE:
            raise BookingNotOpen(state=self.state.value)
        return self._booked(now)

    def _booked(self, now: datetime) -> Booking:
        payment = PaymentState.PAID if self.fee else PaymentState.NONE
        remind_at = next_reminder(self.starts_at, now)
        return replace(
            self, state=BookingState.BOOKED, hold_until=None, payment=payment, pay_at=None, remind_at=remind_at
        )

    def to_be_paid(self, now: datetime) -> Booking:
        """An accepted offer with a fee: there is time for the payment. Raises HoldExpired, BookingNotOpen."""
        self.demand_pending(BookingState.OFFERED, now)
        return replace(self, state=BookingState.HELD, hold_until=now + HOLD)

    def ended(self, state: BookingState) -> Booking:
        """A hold or an offer that comes to nothing. Raises BookingNotOpen."""
        if self.state not in PENDING:
            raise BookingNotOpen(state=self.state.value)
        return replace(self, state=state, payment=self._given_back(), pay_at=None)

    def cancelled(self, by: CancelledBy, now: datetime, reason: Said = UNSAID) -> Booking:
        """Raises BookingNotOpen, TooLateToChange (a venue is never too late)."""
        if self.state is not BookingState.BOOKED:
            raise BookingNotOpen(state=self.state.value)
        if by is CancelledBy.CITIZEN:
            self.demand_in_time(now)
        return replace(
            self,
            state=BookingState.CANCELLED,
            cancelled_by=by,
            reason=reason.zh or None,
            reason_en=reason.en,
            payment=self._given_back(),
            remind_at=None,
            sequence=self.sequence + 1,
        )

    def demand_in_time(self, now: datetime) -> None:
        """Raises TooLateToChange."""
        if now > self.cut_off:
            raise TooLateToChange(until=self.cut_off)

    def moved(
        self, slot: str, resource: str, starts_at: datetime, ends_at: datetime, now: datetime, number: str | None = None
    ) -> Booking:
        """To another slot of the same service. Raises BookingNotOpen, TooLateToChange."""
        if self.state is not BookingState.BOOKED:
            raise BookingNotOpen(state=self.state.value)
        self.demand_in_time(now)
        return self.put(slot, resource, starts_at, ends_at, now, number)

    def put(
        self, slot: str, resource: str, starts_at: datetime, ends_at: datetime, now: datetime, number: str | None = None
    ) -> Booking:
        """At another time, whoever wills it; the notice to cancel stays as long as it was. `number` is the house's."""
        return replace(
            self,
            slot=slot,
            resource=resource,
            starts_at=starts_at,
            ends_at=ends_at,
            cut_off=starts_at - (self.starts_at - self.cut_off),
            own_number=number,
            sequence=self.sequence + 1,
            remind_at=next_reminder(starts_at, now),
        )

    def reminded(self, now: datetime) -> Booking:
        return replace(self, remind_at=next_reminder(self.starts_at, now))

    def at_counter(self, state: BookingState, among: frozenset[BookingState]) -> Booking:
        """Arrived, called, served or not come, from one of the states `among`. Raises BookingNotOpen."""
        if self.state not in among:
            raise BookingNotOpen(state=self.state.value)
        return replace(self, state=state, remind_at=None)

    def left_queue(self, among: frozenset[BookingState]) -> Booking:
        """He gave his number back: until the time is over he may check in again. Raises BookingNotOpen."""
        return replace(self.at_counter(BookingState.BOOKED, among), came=True)

    def gone_home(self) -> Booking:
        """Whoever came and did not stay has missed nothing; what he paid is not given back. Raises BookingNotOpen."""
        over = self.at_counter(BookingState.CANCELLED, frozenset({BookingState.BOOKED}))
        return replace(over, cancelled_by=CancelledBy.CITIZEN, sequence=self.sequence + 1)

    def _given_back(self) -> PaymentState:
        asked = self.payment in (PaymentState.DUE, PaymentState.PAID)
        return PaymentState.OWED_BACK if asked else self.payment


def next_reminder(starts_at: datetime, after: datetime) -> datetime | None:
    """The next moment to remind at, after this one."""
    moments = (starts_at - before for before in REMINDERS)
    return min((moment for moment in moments if moment > after), default=None)


def facts_of(booking: Booking) -> dict[str, str]:
    """What is told of a booking: when, and nothing of what for."""
    local = booking.starts_at.astimezone(CITY_TIME)
    return {"booking": booking.id, "day": local.date().isoformat(), "time": f"{local:%H:%M}"}
