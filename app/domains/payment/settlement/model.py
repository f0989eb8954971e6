"""A settlement: what is paid out to one payee for what came in up to the end of a day.

                        ┌── the bank took it ──> paid
begun ── there is ──> paying ── the bank refused it ──> paying anew (three tries) ──> returned ─┐
           │  └── more went back than came in ──> carried ─────────────────────────────────────┤
           └── no bank account, or stopped ──> held ───────────────────────────────────────────┤
                                                     the next settlement takes it up <─────────┘

Each takes up what was entered on the payee's account since the one before, without gap or overlap, so that all of them
together and what has come since are always what the ledger says is owed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from app.core.money import Currency
from app.domains.payment.ledger.model import (
    FEES,
    GATEWAY,
    SUSPENSE,
    Account,
    Posting,
    Side,
    Transfer,
    TransferKind,
    Wanted,
    credit,
    debit,
)
from app.domains.payment.payments.model import PayeeKind
from app.domains.payment.settlement.errors import SettlementStateWrong

TRIES = 3
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
# What a bank says of an account that no repeat will change.
_FOR_GOOD = frozenset({"ACCOUNT_CLOSED", "NAME_DIFFERS", "NO_ACCOUNT"})


SETTLED_KINDS = frozenset(kind.account for kind in PayeeKind)


@dataclass(frozen=True, slots=True)
class Payee:
    """An organisation in one of its parts. Points are not paid out: the yuan are that the city pays for them."""

    kind: PayeeKind
    organisation: str

    @property
    def id(self) -> str:
        return f"{self.kind.value}:{self.organisation}"

    @property
    def account(self) -> Account:
        return Account(self.kind.account, self.organisation)

    @classmethod
    def of(cls, account: Account) -> Payee | None:
        """None for an account that nothing is paid out from."""
        if account.kind not in SETTLED_KINDS or account.currency is not Currency.CNY:
            return None
        return cls(PayeeKind(account.kind.value), account.owner)

    @classmethod
    def parse(cls, id_: str) -> Payee:
        """Raises ValueError."""
        kind, organisation = id_.split(":", 1)
        return cls(PayeeKind(kind), organisation)


class SettlementState(StrEnum):
    PAYING = "paying"
    PAID = "paid"
    RETURNED = "returned"
    HELD = "held"
    CARRIED = "carried"


# What the next settlement takes up.
LEFT_OVER = (SettlementState.RETURNED, SettlementState.HELD, SettlementState.CARRIED)


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """What came of one kind: `gross` is what payers paid or got back, `fee` what the city kept or gave back, `net` what
    it did to what is owed to the payee. All in fen, with their sign.
    """

    kind: TransferKind
    count: int
    gross: int
    fee: int

    @property
    def net(self) -> int:
        return self.gross - self.fee

    def __add__(self, other: SettlementLine) -> SettlementLine:
        return SettlementLine(self.kind, self.count + other.count, self.gross + other.gross, self.fee + other.fee)


@dataclass(frozen=True, slots=True)
class Settlement:
    """Of the postings in [`since`, `until`). `carried` is what was left over by those before. `payout` is the last try
    of `tries`; `carried_into` is the settlement that took this one up. `seq` counts a payee's settlements.
    """

    payee: Payee
    day: date
    seq: int
    since: datetime
    until: datetime
    lines: tuple[SettlementLine, ...]
    carried: int
    state: SettlementState
    at: datetime
    reason: str = ""
    tries: int = 0
    payout: str | None = None
    ended_at: datetime | None = None
    carried_into: str | None = None

    @property
    def id(self) -> str:
        return f"{self.payee.id}:{self.day.isoformat()}"

    @property
    def total(self) -> int:
        """In fen; what is paid out when it is more than nothing."""
        return self.carried + sum(line.net for line in self.lines)

    def counted(self, *kinds: TransferKind) -> int:
        return sum(line.count for line in self.lines if not kinds or line.kind in kinds)

    @property
    def fees(self) -> int:
        return sum(line.fee for line in self.lines)

    @property
    def wanted(self) -> Wanted:
        """What paying it out enters: it is owed to the payee no more, and has left the gateway."""
        lines = (debit(self.payee.account, self.total), credit(GATEWAY, self.total))
        return Wanted(f"settlement:{self.id}", TransferKind.SETTLEMENT, lines, about=self.id)

    def stray(self, payout: str, fen: int) -> Wanted:
        """What a payout enters that the bank made and this settlement does not wait for: whose it is, is found out."""
        lines = (debit(SUSPENSE, fen), credit(GATEWAY, fen))
        return Wanted(f"settlement stray:{payout}", TransferKind.SETTLEMENT, lines, about=self.id)

    def waits_for(self, payout: str) -> bool:
        return self.state is SettlementState.PAYING and self.payout == payout

    def sent(self, payout: str) -> Settlement:
        """What was left over, on its way, unless it was taken up. Raises SettlementStateWrong."""
        if self.total <= 0 or self.carried_into or self.state not in LEFT_OVER:
            raise SettlementStateWrong(self.state.value)
        return self._on_its_way(payout, 1)

    def sent_again(self, payout: str) -> Settlement:
        """After a payout of it that failed. Raises SettlementStateWrong."""
        if self.state is not SettlementState.PAYING:
            raise SettlementStateWrong(self.state.value)
        return self._on_its_way(payout, self.tries + 1)

    def _on_its_way(self, payout: str, tries: int) -> Settlement:
        paying = SettlementState.PAYING
        return replace(self, state=paying, payout=payout, tries=tries, reason="", ended_at=None)

    def paid(self, at: datetime) -> Settlement:
        return replace(self, state=SettlementState.PAID, ended_at=at)

    def held(self, reason: str, at: datetime) -> Settlement:
        return replace(self, state=SettlementState.HELD, reason=reason, ended_at=at)

    def returned(self, reason: str, at: datetime) -> Settlement:
        return replace(self, state=SettlementState.RETURNED, reason=reason, ended_at=at)

    def tries_again(self, reason: str) -> bool:
        """After a payout that failed for this reason."""
        return self.tries < TRIES and reason not in _FOR_GOOD


def settled(
    payee: Payee,
    day: date,
    seq: int,
    span: tuple[datetime, datetime],
    lines: Iterable[SettlementLine],
    carried: int,
    at: datetime,
) -> Settlement:
    """As it is begun: carried over, unless there is something to pay out."""
    since, until = span
    state = SettlementState.CARRIED
    return Settlement(payee, day, seq, since, until, tuple(lines), carried, state, at)


def line_of(posting: Posting, transfer: Transfer | None) -> SettlementLine:
    """What one posting on a payee's account says. The fee stands in the other lines of its transfer: who pays is
    debited, the payee credited with what the fee leaves.
    """
    net, fee = posting.change.fen, fee_in(transfer)
    return SettlementLine(posting.kind, 1, net + fee, fee)


def fee_in(transfer: Transfer | None) -> int:
    """What the city took (or gave back, less than nothing) in this transfer."""
    if transfer is None:
        return 0
    return sum(line.fen if line.side is Side.CREDIT else -line.fen for line in transfer.posted if line.account == FEES)


_OWN = frozenset({TransferKind.SETTLEMENT, TransferKind.REDEMPTION})


def is_own(posting: Posting) -> bool:
    """What settlements themselves enter is no business of the next one: what they paid out, and what the city paid for
    points, which the settlement says in whose transaction it was entered.
    """
    return posting.kind in _OWN
