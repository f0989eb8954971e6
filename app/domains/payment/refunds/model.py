"""A refund: how much of a payment goes back, which way, and which lines of the ledger that takes.

to the wallet, the points, the credit line ────────────────────────────> done
to the gateway ── under way ── the gateway has given it back ──────────> done
                            ── it could not ──> to the wallet ─────────> done
where there is nobody to take it (the wallet is closed, or full) ──────> stranded ── the desk's hand ──> done

The lines of the payment are taken back in proportion: of each account that was credited, the share of all that has gone
back so far less what had gone back before. So a fee comes back with the sale, parts add up to the whole to the fen, and
the order of parts does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.money import Money
from app.domains.payment.ledger.model import (
    Account,
    AccountKind,
    Balance,
    Line,
    Side,
    Transfer,
    TransferKind,
)
from app.domains.payment.refunds.errors import PaymentNotRefundable, RefundNotStranded

BY_PAYEE_WITHIN = timedelta(days=365)


class Cause(StrEnum):
    """Who had it given back."""

    PAYEE = "payee"
    DESK = "desk"
    CANCELLED = "cancelled"  # the payment was taken back at the till
    DISPUTE = "dispute"  # the payee accepts what the payer disputes
    CHARGEBACK = "chargeback"  # a dispute was decided, or not answered, against the payee


class RefundReason(StrEnum):
    RETURNED = "returned"
    NOT_DELIVERED = "not_delivered"
    WRONG_AMOUNT = "wrong_amount"
    PAID_TWICE = "paid_twice"
    CANCELLED = "cancelled"
    DISPUTED = "disputed"
    OTHER = "other"


class RefundState(StrEnum):
    UNDER_WAY = "under_way"
    DONE = "done"
    STRANDED = "stranded"


class Way(StrEnum):
    """Where it goes."""

    WALLET = "wallet"
    POINTS = "points"
    CREDIT = "credit"
    GATEWAY = "gateway"
    BANK = "bank"  # paid out by hand
    SUSPENSE = "suspense"


_WAYS = {
    AccountKind.WALLET: Way.WALLET,
    AccountKind.POINTS: Way.POINTS,
    AccountKind.CREDIT: Way.CREDIT,
    AccountKind.GATEWAY: Way.GATEWAY,
    AccountKind.BANK: Way.BANK,
    AccountKind.SUSPENSE: Way.SUSPENSE,
}


@dataclass(frozen=True, slots=True)
class Part:
    way: Way
    fen: int


@dataclass(frozen=True, slots=True)
class Refund:
    """`parts` is where it went, or goes; `before` how much of the payment had gone back before it. `by` is
    who asked. `fault` is the gateway's code when it could not, `note` what the desk said when it took it in hand.
    """

    id: str
    payment: str
    payer: str
    payee_kind: str
    payee: str
    amount: Money
    before: int
    cause: Cause
    reason: RefundReason
    by: str
    at: datetime
    state: RefundState
    parts: tuple[Part, ...]
    settled_at: datetime | None = None
    fault: str | None = None
    note: str | None = None

    @property
    def under_way(self) -> bool:
        return self.state is RefundState.UNDER_WAY

    def given_back(self, at: datetime) -> Refund:
        """The gateway has done it."""
        return replace(self, state=RefundState.DONE, settled_at=at)

    def turned(self, way: Way, fault: str, at: datetime) -> Refund:
        """The gateway could not: it goes this way."""
        parts, state = (Part(way, self.amount.fen),), state_of((way,))
        return replace(self, parts=parts, state=state, fault=fault, settled_at=at)

    def taken_in_hand(self, way: Way, note: str, at: datetime) -> Refund:
        """By the desk. Raises RefundNotStranded."""
        if self.state is not RefundState.STRANDED:
            raise RefundNotStranded
        kept = tuple(part for part in self.parts if part.way is not Way.SUSPENSE)
        parts = (*kept, Part(way, self.stranded))
        return replace(self, parts=parts, state=RefundState.DONE, note=note, settled_at=at)

    @property
    def stranded(self) -> int:
        """How much of it lies where nobody can say yet whose it is."""
        return sum(part.fen for part in self.parts if part.way is Way.SUSPENSE)


def state_of(ways: Sequence[Way]) -> RefundState:
    if Way.SUSPENSE in ways:
        return RefundState.STRANDED
    return RefundState.UNDER_WAY if Way.GATEWAY in ways else RefundState.DONE


def source_of(captured: Transfer) -> Account:
    """What the payment was taken from. Raises PaymentNotRefundable."""
    debits = [line for line in captured.posted if line.side is Side.DEBIT]
    if len(debits) != 1 or debits[0].account.kind not in _WAYS:
        raise PaymentNotRefundable(captured.state.value)
    return debits[0].account


def taken_back(captured: Transfer, before: int, now: int) -> tuple[Line, ...]:
    """What the refund of `now` fen takes from those who were credited, when `before` fen had gone back already."""
    credited = [line for line in captured.posted if line.side is Side.CREDIT]
    main = max(credited, key=lambda line: line.fen)
    whole = sum(line.fen for line in credited)
    shares = {
        line.account: _share(line.fen, before + now, whole) - _share(line.fen, before, whole)
        for line in credited
        if line is not main
    }
    shares[main.account] = now - sum(shares.values())
    return tuple(Line(account, Side.DEBIT, fen) for account, fen in shares.items() if fen)


def takes(found: Balance | None, fen: int) -> bool:
    """Whether so much more may lie on this account; a frozen one takes what comes."""
    return found is not None and found.takes(fen)


def way_of(account: Account) -> Way:
    return _WAYS[account.kind]


def transfer_kind(cause: Cause) -> TransferKind:
    return TransferKind.CHARGEBACK if cause is Cause.CHARGEBACK else TransferKind.REFUND


def _share(part: int, of: int, whole: int) -> int:
    """Half up."""
    return (2 * part * of + whole) // (2 * whole)


def sum_of(refund: Refund, part: Part) -> Money:
    return Money(part.fen, refund.amount.currency)
