"""A dispute: its states, its deadlines, and how it ends.

opened ── the payee accepts ────────────────────────────────> settled: accepted (refund)
  │    ── he does not answer within seven days ─────────────> settled: unanswered (chargeback)
  └────── he answers, with evidence ──> answered ── the payer replies, or three days go by ──> to decide
to decide ── the desk ──> settled: upheld (chargeback, in full or in part) or rejected, with the reason
opened, answered, to decide ── taken back by the payer ─────> settled: withdrawn
opened, answered, to decide ── refunded meanwhile, all of it > settled: refunded

State and outcome are kept apart, and nothing that was said is changed. Days are counted from the moment, not by the
calendar: who has seven days has seven times 24 hours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.money import Money
from app.domains.payment.disputes.errors import DisputeAmountTooHigh, DisputeStateWrong, DisputeWordsMissing

OPENED_WITHIN = timedelta(days=180)
ANSWERED_WITHIN = timedelta(days=7)
REPLIED_WITHIN = timedelta(days=3)
WARNED_BEFORE = timedelta(days=2)
MOST_FILES = 5
_SHORTEST, _LONGEST = 2, 2000


class DisputeReason(StrEnum):
    NOT_MINE = "not_mine"  # "I did not make this payment"
    NOT_RECEIVED = "not_received"
    NOT_AS_DESCRIBED = "not_as_described"
    PAID_TWICE = "paid_twice"
    WRONG_AMOUNT = "wrong_amount"
    REFUND_MISSING = "refund_missing"
    OTHER = "other"


class DisputeState(StrEnum):
    OPENED = "opened"
    ANSWERED = "answered"
    TO_DECIDE = "to_decide"
    SETTLED = "settled"


class DisputeOutcome(StrEnum):
    ACCEPTED = "accepted"
    UNANSWERED = "unanswered"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REFUNDED = "refunded"


class Party(StrEnum):
    PAYER = "payer"
    PAYEE = "payee"
    DESK = "desk"
    TIME = "time"


OPEN = frozenset(DisputeState) - {DisputeState.SETTLED}


@dataclass(frozen=True, slots=True)
class Statement:
    """What one party said, once: `words` None when they are not read along, or cannot be any more. `files` are ids of
    uploads.
    """

    party: Party
    by: str
    at: datetime
    words: str | None
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """`given` goes back to the payer; of one that a refund settled it is back already. `reason` is the desk's, told to
    both.
    """

    outcome: DisputeOutcome
    by: str
    at: datetime
    given: Money
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """`amount` is what is contested of the payment, of which `refunded` fen had gone back before. `due`: until when the
    one whose turn it is may act. `warned`: the payee was told that his time runs out. `rev` counts changes.
    """

    id: str
    payment: str
    citizen: str
    payee_kind: str
    payee: str
    amount: Money
    reason: DisputeReason
    state: DisputeState
    at: datetime
    due: datetime | None
    statements: tuple[Statement, ...]
    ending: Ending | None = None
    warned: bool = False
    rev: int = 1
    refunded: int = 0

    @property
    def record(self) -> str:
        """As other rooms name it."""
        return f"dispute:{self.id}"

    def unpaid(self, refunded: int) -> Money:
        """What of it has not gone back yet, when `refunded` fen of the payment have by now: what the payee gives back
        while it is contested is given for it.
        """
        return replace(self.amount, fen=max(0, self.amount.fen - (refunded - self.refunded)))

    def demand(self, *states: DisputeState) -> None:
        """Raises DisputeStateWrong."""
        if self.state not in states:
            raise DisputeStateWrong(self.state.value)

    def answered(self, words: str, files: tuple[str, ...], by: str, at: datetime) -> Dispute:
        """By the payee, with what speaks for him. Raises DisputeStateWrong."""
        self.demand(DisputeState.OPENED)
        return self._said(Party.PAYEE, words, files, by, at, DisputeState.ANSWERED, at + REPLIED_WITHIN)

    def replied(self, words: str, files: tuple[str, ...], by: str, at: datetime) -> Dispute:
        """By the payer, to the answer; it is decided after. Raises DisputeStateWrong."""
        self.demand(DisputeState.ANSWERED)
        return self._said(Party.PAYER, words, files, by, at, DisputeState.TO_DECIDE, None)

    def accepted(self, given: Money, by: str, at: datetime) -> Dispute:
        """By the payee, as long as nothing is decided. Raises DisputeStateWrong."""
        self.demand(*OPEN)
        return self._ended(Ending(DisputeOutcome.ACCEPTED, by, at, given))

    def withdrawn(self, by: str, at: datetime) -> Dispute:
        """Raises DisputeStateWrong."""
        self.demand(*OPEN)
        return self._ended(Ending(DisputeOutcome.WITHDRAWN, by, at, replace(self.amount, fen=0)))

    def made_good(self, refunded: int, by: str, at: datetime) -> Dispute:
        """Nothing of it is left to contest when `refunded` fen of the payment have gone back; else it stays."""
        if self.state not in OPEN or self.unpaid(refunded).fen:
            return self
        return self._ended(Ending(DisputeOutcome.REFUNDED, by, at, self.amount))

    def decided(self, awarded: Money, reason: str, by: str, at: datetime) -> Dispute:
        """By the desk, when both have been heard; nothing awarded means rejected. Raises DisputeStateWrong,
        DisputeAmountTooHigh.
        """
        self.demand(DisputeState.TO_DECIDE)
        if not 0 <= awarded.fen <= self.amount.fen:
            raise DisputeAmountTooHigh(self.amount)
        outcome = DisputeOutcome.UPHELD if awarded.fen else DisputeOutcome.REJECTED
        return self._ended(Ending(outcome, by, at, awarded, reason))

    def lapsed(self, given: Money, at: datetime) -> Dispute:
        """What time makes of it: not answered is lost, not replied is ready to be decided; else it stays."""
        if self.due is None or at < self.due:
            return self
        if self.state is DisputeState.OPENED:
            return self._ended(Ending(DisputeOutcome.UNANSWERED, Party.TIME.value, at, given))
        return replace(self, rev=self.rev + 1, state=DisputeState.TO_DECIDE, due=None)

    def warning(self, at: datetime) -> Dispute:
        """The payee is told once that his time runs out; else it stays."""
        waits = self.state is DisputeState.OPENED and not self.warned and self.due is not None
        if waits and self.due is not None and self.due - WARNED_BEFORE <= at < self.due:
            return replace(self, rev=self.rev + 1, warned=True)
        return self

    @property
    def state_word(self) -> str:
        """How it stands in one word: its outcome when it has one."""
        return self.ending.outcome.value if self.ending is not None else self.state.value

    @property
    def looks_at(self) -> datetime | None:
        """When time changes something."""
        if self.due is None:
            return None
        waits = self.state is DisputeState.OPENED and not self.warned
        return self.due - WARNED_BEFORE if waits else self.due

    def _said(
        self,
        party: Party,
        words: str,
        files: tuple[str, ...],
        by: str,
        at: datetime,
        state: DisputeState,
        due: datetime | None,
    ) -> Dispute:
        said = (*self.statements, Statement(party, by, at, words, files))
        return replace(self, rev=self.rev + 1, state=state, due=due, statements=said)

    def _ended(self, ending: Ending) -> Dispute:
        return replace(self, rev=self.rev + 1, state=DisputeState.SETTLED, due=None, ending=ending)


def worded(raw: str, field: str) -> str:
    """Raises DisputeWordsMissing."""
    text = raw.strip()
    if not _SHORTEST <= len(text) <= _LONGEST or not any(c.isalnum() for c in text):
        raise DisputeWordsMissing(field)
    return text
