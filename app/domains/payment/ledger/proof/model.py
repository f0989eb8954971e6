"""What has to hold of a ledger, rule by rule; pure, and without the ledger's own arithmetic of filters.

A transfer says what was asked for under its key, its postings are its lines and balance; the postings of a guarded
account count without a gap and each says the balance after it; the account's row says what its postings and the
pending transfers come to; a fold says what was entered up to its mark; and all balances together are zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.core.money import Currency
from app.domains.payment.ledger.model import (
    Account,
    AccountState,
    Line,
    Side,
    Transfer,
    TransferState,
    imbalance,
)


class Wrong(StrEnum):
    """The rules. People are told them in words (`LEDGER_…` in the locales)."""

    ALTERED = "altered"
    UNBALANCED = "unbalanced"
    LINES = "lines"
    UNSETTLED = "unsettled"
    REVERSES = "reverses"
    ORPHAN = "orphan"
    UNKNOWN_ACCOUNT = "unknown_account"
    GAP = "gap"
    CHAIN = "chain"
    BALANCE = "balance"
    HELD = "held"
    ROOM = "room"
    NEGATIVE = "negative"
    FOLD = "fold"
    TOTAL = "total"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Fault:
    """`where` is an account, a transfer, a posting or a currency; the numbers are fen or places, where it has any."""

    wrong: Wrong
    where: str
    expected: int = 0
    found: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of a whole ledger: how much was looked at, how many faults were `counted`, and the first of them."""

    at: datetime
    accounts: int
    transfers: int
    postings: int
    counted: int = 0
    faults: tuple[Fault, ...] = ()

    @property
    def sound(self) -> bool:
        return not self.counted


@dataclass(frozen=True, slots=True)
class Entry:
    """A posting as it is walked over: `account` is its id."""

    id: str
    transfer: str
    account: str
    line: Line
    at: datetime
    seq: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A transfer, and what its row says that was asked for."""

    transfer: Transfer
    content: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The row of a guarded account; of a busy one all numbers are None."""

    account: Account
    state: AccountState
    numbers: Numbers | None


@dataclass(frozen=True, slots=True)
class Numbers:
    balance: int
    held: int
    available: int
    room: int
    most: int
    limit: int
    seq: int


@dataclass(frozen=True, slots=True)
class Fold:
    account: str
    mark: datetime
    balance: int
    postings: int


@dataclass(slots=True)
class Tally:
    """What the postings of one account come to, in the order in which they are met: the account's own sense."""

    account: Account
    balance: int = 0
    postings: int = 0
    seq: int = 0
    faults: list[Fault] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        """The next posting. A fault does not spread: it goes on from what the posting says."""
        self.postings += 1
        self.balance += entry.line.grows
        if not self.account.guarded:
            if entry.seq is not None:
                self.faults.append(Fault(Wrong.GAP, entry.id, 0, entry.seq))
            return
        seq, after = entry.seq or 0, entry.after or 0
        if seq != self.seq + 1:
            self.faults.append(Fault(Wrong.GAP, entry.id, self.seq + 1, seq))
        if after != self.balance:
            self.faults.append(Fault(Wrong.CHAIN, entry.id, self.balance, after))
            self.balance = after
        self.seq = seq

    def folded(self, fold: Fold) -> None:
        """Everything up to the fold's mark, and nothing else, has been added."""
        if (fold.balance, fold.postings) != (self.balance, self.postings):
            where = f"{fold.account}@{fold.mark.isoformat()}"
            self.faults.append(Fault(Wrong.FOLD, where, self.balance, fold.balance))


def of_transfer(kept: Kept, entries: Sequence[Entry]) -> list[Fault]:
    """What is wrong with a transfer and the postings that name it."""
    one = kept.transfer
    found = []
    if kept.content != one.content:
        found.append(Fault(Wrong.ALTERED, one.id))
    entered = [entry.line for entry in entries]
    if any(imbalance(entered).values()) or any(imbalance(one.posted).values()):
        found.append(Fault(Wrong.UNBALANCED, one.id))
    if len(entered) != len(one.posted) or Counter(entered) != Counter(one.posted):
        found.append(Fault(Wrong.LINES, one.id, len(one.posted), len(entered)))
    if not _settled(one):
        found.append(Fault(Wrong.UNSETTLED, one.id))
    return found


def _settled(one: Transfer) -> bool:
    """What was entered is what was asked for, or a part of what was held; of anything but a posted one, nothing."""
    if one.state is not TransferState.POSTED:
        return not one.posted and (one.settled_at is None) is (one.state is TransferState.PENDING)
    if one.settled_at is None or len(one.posted) != len(one.lines):
        return False
    if one.until is None:
        return one.posted == one.lines
    return all(_part(part, whole) for part, whole in zip(one.posted, one.lines, strict=True))


def _part(part: Line, whole: Line) -> bool:
    return (part.account, part.side) == (whole.account, whole.side) and 0 < part.fen <= whole.fen


def promised(transfer: Transfer) -> Iterable[Line]:
    """The lines for which something is held."""
    if transfer.state is TransferState.PENDING:
        return [line for line in transfer.lines if line.side is Side.DEBIT and line.account.guarded]
    return ()


def of_account(standing: Standing | None, tally: Tally, held: int) -> list[Fault]:
    """What is wrong with an account's row, given what its postings and the pending transfers come to."""
    id_ = tally.account.id
    if standing is None or standing.numbers is None:
        missing = tally.account.guarded
        return [Fault(Wrong.UNKNOWN_ACCOUNT, id_)] if missing else []
    row = standing.numbers
    found = []
    if row.balance != tally.balance:
        found.append(Fault(Wrong.BALANCE, id_, tally.balance, row.balance))
    if row.seq != tally.seq:
        found.append(Fault(Wrong.GAP, id_, tally.seq, row.seq))
    if row.held != held:
        found.append(Fault(Wrong.HELD, id_, held, row.held))
    return [*found, *_inside(standing.account, standing.state, row)]


def _inside(account: Account, state: AccountState, row: Numbers) -> list[Fault]:
    """What may be taken and what may be put follow from the rest, and nothing is below nothing."""
    found = []
    if account.side is Side.CREDIT:
        available, room = row.limit + row.balance - row.held, row.most - row.balance
    else:
        available, room = row.limit - row.balance - row.held, row.balance
    if row.available != available:
        found.append(Fault(Wrong.ROOM, account.id, available, row.available))
    if row.room != room:
        found.append(Fault(Wrong.ROOM, account.id, room, row.room))
    least = -row.limit if account.side is Side.CREDIT else 0
    if row.balance < least or row.held < 0 or row.room < 0:
        found.append(Fault(Wrong.NEGATIVE, account.id, least, min(row.balance, row.held, row.room)))
    if state is AccountState.CLOSED and (row.balance or row.held):
        found.append(Fault(Wrong.BALANCE, account.id, 0, row.balance or row.held))
    return found


def of_total(sums: dict[Currency, int]) -> list[Fault]:
    """Debits less credits of everything, by currency."""
    return [Fault(Wrong.TOTAL, currency.value, 0, fen) for currency, fen in sorted(sums.items()) if fen]
