"""A bill: what a biller asks for on an account, in versions, and how far it is paid.

open ── a part paid ──> part paid ── the rest ──> paid
open, part paid ── taken back by the biller ──> withdrawn  (nothing of it is paid, or all that was went back)
part paid ── listed no more by a biller that is asked ──> cleared
open ── replaced by another bill ──> superseded

What the biller says are its `terms`; each version of them replaces the former, and the former stays in the history.
While a payment is under way the bill is `engaged`: it takes no second payment and no other terms.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.core.clock import civil_day
from app.core.money import Money
from app.core.said import UNSAID, Said
from app.domains.payment.bills.billers.model import BillKind
from app.domains.payment.bills.errors import (
    BelowPaid,
    BillBeingPaid,
    BillNotPayable,
    BillTermsUnfit,
    MoreThanOwed,
    PartNotAllowed,
    PartTooSmall,
    VersionConflict,
)

MOST_FEN = 10**9  # ten million yuan
MOST_LINES = 60
MOST_VERSIONS = 50
LONGEST_NUMBER = 40


class BillState(StrEnum):
    OPEN = "open"
    PART_PAID = "part_paid"
    PAID = "paid"
    WITHDRAWN = "withdrawn"
    CLEARED = "cleared"
    SUPERSEDED = "superseded"


PAYABLE = frozenset({BillState.OPEN, BillState.PART_PAID})


class Stage(StrEnum):
    """How near its due day an unpaid bill is; each is told once."""

    WEEK = "week"
    THREE_DAYS = "three_days"
    TOMORROW = "tomorrow"
    OVERDUE = "overdue"


_STAGES = ((Stage.WEEK, 7), (Stage.THREE_DAYS, 3), (Stage.TOMORROW, 1), (Stage.OVERDUE, -1))


@dataclass(frozen=True, slots=True)
class BillLine:
    """`fen` may be negative: a discount, what was paid in advance."""

    text: Said
    fen: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What the biller says of a bill, in one version. `beneficiary` is for whom: which child, which flat."""

    version: int
    lines: tuple[BillLine, ...]
    due: date
    since: date | None = None
    until: date | None = None
    reason: Said = UNSAID
    beneficiary: str = ""
    part_allowed: bool = False
    least: int = 0

    @property
    def fen(self) -> int:
        return sum(line.fen for line in self.lines)

    def checked(self) -> Terms:
        """Raises BillTermsUnfit."""
        if not 1 <= len(self.lines) <= MOST_LINES or not all(_fits(line) for line in self.lines):
            raise BillTermsUnfit("lines")
        if not 1 <= self.version < 2**31:
            raise BillTermsUnfit("version")
        if not 0 < self.fen <= MOST_FEN:
            raise BillTermsUnfit("amount")
        if not 0 <= self.least <= self.fen or (self.least and not self.part_allowed):
            raise BillTermsUnfit("least")
        if self.since and self.until and self.since > self.until:
            raise BillTermsUnfit("period")
        if not (_is_text(self.reason.zh, 200) and _is_text(self.reason.en, 200)) or not self.reason.zh:
            raise BillTermsUnfit("reason")
        if not _is_text(self.beneficiary, 60):
            raise BillTermsUnfit("beneficiary")
        return self


@dataclass(frozen=True, slots=True)
class Engaged:
    """A payment that is under way: it ends, one way or the other, and then the bill is free again."""

    payment: str
    fen: int


class BillStep(StrEnum):
    ISSUED = "issued"
    CHANGED = "changed"
    PAID = "paid"
    WITHDRAWN = "withdrawn"
    CLEARED = "cleared"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class BillEntry:
    """`fen` is what was asked for, or what was paid."""

    what: BillStep
    at: datetime
    version: int
    fen: int
    due: date


@dataclass(frozen=True, slots=True)
class Bill:
    """`id` is made of the biller and its own `number`; `account` is the account's. `rev` counts the changes.
    `refunded` is what went back of what was `paid`: it is owed again only when the biller sends another bill.
    `look_on` is the day on which a reminder is next thought of.
    """

    id: str
    biller: str
    kind: BillKind
    account: str
    number: str
    terms: Terms
    state: BillState
    created_at: datetime
    changed_at: datetime
    rev: int = 1
    paid: int = 0
    refunded: int = 0
    engaged: Engaged | None = None
    look_on: date | None = None
    told: Stage | None = None
    history: tuple[BillEntry, ...] = field(default=())

    @property
    def remaining(self) -> int:
        return self.terms.fen - self.paid

    @property
    def payable(self) -> bool:
        return self.state in PAYABLE

    @property
    def owed(self) -> Money:
        return Money(self.remaining if self.payable else 0)

    def overdue(self, today: date) -> bool:
        return self.payable and self.terms.due < today

    # The biller

    def follows(self, terms: Terms) -> bool:
        """Whether these terms are news: an older version is not, and the same one again is not. Raises
        VersionConflict: the same version with other content.
        """
        if terms.version == self.terms.version and terms != self.terms:
            raise VersionConflict
        return terms.version > self.terms.version

    def changed(self, terms: Terms, at: datetime) -> Bill:
        """Raises BillNotPayable, BillBeingPaid, BelowPaid."""
        self._demand_free()
        if terms.fen <= self.paid:
            raise BelowPaid(Money(self.paid))
        entry = BillEntry(BillStep.CHANGED, at, terms.version, terms.fen, terms.due)
        soonest = None if terms.due == self.terms.due else _first_look(terms.due, civil_day(at))
        look_on, told = (self.look_on, self.told) if soonest is None else (soonest, None)
        return self._stepped(entry, terms=terms, look_on=look_on, told=told)

    def withdrawn(self, at: datetime) -> Bill:
        """Raises BillNotPayable, BillBeingPaid."""
        self._demand_free()
        return self._ended(BillStep.WITHDRAWN, BillState.WITHDRAWN, at)

    def missing(self, at: datetime) -> Bill:
        """Its biller does not list it any more: what was paid of it stands, and the rest is asked for no more. Raises
        BillNotPayable, BillBeingPaid.
        """
        if self.paid <= self.refunded:
            return self.withdrawn(at)
        self._demand_free()
        return self._ended(BillStep.CLEARED, BillState.CLEARED, at)

    def superseded(self, at: datetime) -> Bill:
        """Raises BillNotPayable (a part was paid), BillBeingPaid."""
        self._demand_free()
        if self.paid:
            raise BillNotPayable(self.state.value)
        return self._ended(BillStep.SUPERSEDED, BillState.SUPERSEDED, at)

    # Who pays

    def demand_part(self, fen: int) -> None:
        """Whether so much can be paid now. Raises BillNotPayable, MoreThanOwed, PartNotAllowed, PartTooSmall."""
        if not self.payable:
            raise BillNotPayable(self.state.value)
        if fen > self.remaining:
            raise MoreThanOwed(Money(self.remaining))
        if fen == self.remaining:
            return
        if not self.terms.part_allowed:
            raise PartNotAllowed(Money(self.remaining))
        if fen < self.terms.least:
            raise PartTooSmall(Money(min(self.terms.least, self.remaining)))

    def engaged_by(self, payment: str, fen: int, at: datetime) -> Bill:
        """Raises BillBeingPaid, and as `demand_part`."""
        self._demand_free()
        self.demand_part(fen)
        return replace(self, rev=self.rev + 1, changed_at=at, engaged=Engaged(payment, fen))

    def released(self, payment: str, at: datetime) -> Bill:
        """The payment came to nothing."""
        if self.engaged is None or self.engaged.payment != payment:
            return self
        return replace(self, rev=self.rev + 1, changed_at=at, engaged=None)

    def settled(self, payment: str, fen: int, at: datetime) -> Bill:
        """The payment that engaged it was made."""
        assert self.engaged is not None
        assert (self.engaged.payment, self.engaged.fen) == (payment, fen)
        whole = self.paid + fen == self.terms.fen
        entry = BillEntry(BillStep.PAID, at, self.terms.version, fen, self.terms.due)
        state = BillState.PAID if whole else BillState.PART_PAID
        look_on = None if whole else self.look_on
        return self._stepped(entry, state=state, paid=self.paid + fen, engaged=None, look_on=look_on)

    def given_back(self, fen: int, at: datetime) -> Bill:
        """Of a payment that was made; a negative amount when that did not come about after all."""
        return replace(self, rev=self.rev + 1, changed_at=at, refunded=self.refunded + fen)

    # Time

    def stage(self, today: date) -> Stage | None:
        """What is to be told today and was not yet: the nearest only, so that who was away is told once."""
        left = (self.terms.due - today).days
        order = [stage for stage, _ in _STAGES]
        reached = [stage for stage, days in _STAGES if left <= days]
        if not self.payable or not reached:
            return None
        done = -1 if self.told is None else order.index(self.told)
        return reached[-1] if order.index(reached[-1]) > done else None

    def looked_at(self, today: date) -> Bill:
        """With what was told today, and the day to look again."""
        told = self.stage(today) or self.told
        left = [day for _, days in _STAGES if (day := self.terms.due - timedelta(days=days)) > today]
        return replace(self, rev=self.rev + 1, told=told, look_on=left[0] if left and self.payable else None)

    def _demand_free(self) -> None:
        if not self.payable:
            raise BillNotPayable(self.state.value)
        if self.engaged is not None:
            raise BillBeingPaid

    def _ended(self, step: BillStep, state: BillState, at: datetime) -> Bill:
        entry = BillEntry(step, at, self.terms.version, self.remaining, self.terms.due)
        return self._stepped(entry, state=state, look_on=None)

    def _stepped(self, entry: BillEntry, **changed: object) -> Bill:
        kept = (*self.history, entry)[-MOST_VERSIONS:]
        return replace(self, rev=self.rev + 1, changed_at=entry.at, history=kept, **changed)  # type: ignore[arg-type]


def bill_id(biller: str, number: str) -> str:
    """One bill for each number of a biller, whichever shard it lies on."""
    return hashlib.sha256(f"{biller}\0{number}".encode()).hexdigest()


def issued(biller: str, kind: BillKind, account: str, number: str, terms: Terms, at: datetime, today: date) -> Bill:
    """As the biller tells it for the first time."""
    entry = BillEntry(BillStep.ISSUED, at, terms.version, terms.fen, terms.due)
    return Bill(
        id=bill_id(biller, number),
        biller=biller,
        kind=kind,
        account=account,
        number=number,
        terms=terms,
        state=BillState.OPEN,
        created_at=at,
        changed_at=at,
        look_on=_first_look(terms.due, today),
        history=(entry,),
    )


def demand_number(number: str) -> str:
    """A biller's own number of a bill. Raises BillTermsUnfit."""
    if not 1 <= len(number) <= LONGEST_NUMBER or not number.isascii() or not number.replace("-", "").isalnum():
        raise BillTermsUnfit("number")
    return number


def _first_look(due: date, today: date) -> date:
    """A bill that comes late is thought of at once."""
    ahead = [day for _, days in _STAGES if (day := due - timedelta(days=days)) >= today]
    return ahead[0] if ahead else today


def _fits(line: BillLine) -> bool:
    return 0 < abs(line.fen) <= MOST_FEN and bool(line.text.zh) and all(_is_text(t, 100) for t in _both(line.text))


def _both(said: Said) -> tuple[str, str]:
    return said.zh, said.en


def _is_text(text: str, longest: int) -> bool:
    return len(text) <= longest and text.isprintable()
