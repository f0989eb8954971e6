"""A treatment that is paid later, and its life.

waiting ── the citizen confirms: held on his line ──> authorised ── the hospital's bill ──> charged (due in 30 days)
   │                                                   ├── the hospital gives it up ──> cancelled
   │                                                   └── thirty days without a bill ──> lapsed
   ├── the citizen declines ──> declined
   ├── the hospital gives it up ──> cancelled
   └── fifteen minutes without an answer ──> expired
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.money import Money
from app.domains.payment.treatments.errors import TreatmentAboveHeld, TreatmentInvalid, TreatmentNotInState

CONFIRM_WITHIN = timedelta(minutes=15)
HELD_FOR = timedelta(days=30)
_MOST_LINES = 200
MOST_FEN = 2_000_000


class TreatmentState(StrEnum):
    WAITING = "waiting"
    AUTHORISED = "authorised"
    CHARGED = "charged"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    LAPSED = "lapsed"


OPEN = frozenset({TreatmentState.WAITING, TreatmentState.AUTHORISED})


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of the medical bill. `what` is between the hospital and the citizen: it is sealed under his key."""

    what: str
    fen: int


@dataclass(frozen=True, slots=True)
class Treatment:
    """`reference` is the hospital's number of the visit, `about` what it is for. `until` is when what waits expires, or
    what is held lapses. `payment` names what will be paid, from the beginning; `transfer` holds the money.
    """

    id: str
    citizen: str
    hospital: str
    reference: str
    about: str
    estimate: int
    payment: str
    state: TreatmentState
    at: datetime
    until: datetime | None
    by: str
    transfer: str | None = None
    lines: tuple[BillLine, ...] = ()
    fen: int | None = None
    authorised_at: datetime | None = None
    ended_at: datetime | None = None
    test: bool = False
    rev: int = 1

    def state_on(self, now: datetime) -> TreatmentState:
        """What is past its time has ended, whether or not the sweep has been there."""
        if self.until is None or now < self.until:
            return self.state
        over = {TreatmentState.WAITING: TreatmentState.EXPIRED, TreatmentState.AUTHORISED: TreatmentState.LAPSED}
        return over.get(self.state, self.state)

    def authorised(self, transfer: str, now: datetime) -> Treatment:
        """Raises TreatmentNotInState, as do all of these."""
        self._demand(now, TreatmentState.WAITING)
        held = replace(self, state=TreatmentState.AUTHORISED, transfer=transfer, authorised_at=now)
        return self._next(replace(held, until=now + HELD_FOR))

    def declined(self, now: datetime) -> Treatment:
        self._demand(now, TreatmentState.WAITING)
        return self._ended(TreatmentState.DECLINED, now)

    def cancelled(self, now: datetime) -> Treatment:
        self._demand(now, *OPEN)
        return self._ended(TreatmentState.CANCELLED, now)

    def charged(self, lines: tuple[BillLine, ...], now: datetime) -> Treatment:
        """Raises TreatmentInvalid, TreatmentAboveHeld."""
        self._demand(now, TreatmentState.AUTHORISED)
        fen = billed(lines)
        if fen > self.estimate:
            raise TreatmentAboveHeld(Money(self.estimate))
        return replace(self._ended(TreatmentState.CHARGED, now), lines=lines, fen=fen)

    def over(self, now: datetime) -> Treatment:
        """Its time went by."""
        return self._ended(self.state_on(now), now)

    def _demand(self, now: datetime, *states: TreatmentState) -> None:
        if self.state_on(now) not in states:
            raise TreatmentNotInState(self.state_on(now).value)

    def _ended(self, state: TreatmentState, now: datetime) -> Treatment:
        return self._next(replace(self, state=state, ended_at=now, until=None))

    def _next(self, changed: Treatment) -> Treatment:
        return replace(changed, rev=self.rev + 1)


def billed(lines: Sequence[BillLine]) -> int:
    """What the lines come to, in fen. Raises TreatmentInvalid."""
    if not 1 <= len(lines) <= _MOST_LINES:
        raise TreatmentInvalid("lines")
    if not all(one.fen > 0 for one in lines):
        raise TreatmentInvalid("lines.amount")
    if not all(_worded(one.what, 1, 100) for one in lines):
        raise TreatmentInvalid("lines.what")
    return sum(one.fen for one in lines)


@dataclass(frozen=True, slots=True)
class TreatmentWanted:
    """What a hospital asks for: up to `estimate` fen, for the visit with this number."""

    reference: str
    about: str
    estimate: int

    def checked(self) -> TreatmentWanted:
        """Raises TreatmentInvalid."""
        if not _worded(self.reference, 1, 60):
            raise TreatmentInvalid("reference")
        if not _worded(self.about, 1, 100):
            raise TreatmentInvalid("about")
        if not 0 < self.estimate <= MOST_FEN:
            raise TreatmentInvalid("estimate")
        return self


def _worded(text: str, least: int, most: int) -> bool:
    return least <= len(text.strip()) <= most and text.isprintable()
