"""Double entry: accounts, transfers of two or more lines that balance, and what a line does to a balance.

A line is a debit or a credit of a positive amount. Each account has a normal side, on which its balance grows: what the
city owes (wallets, merchants) grows by credits, what is owed to it or lies elsewhere for it (the gateway, credit lines)
by debits. The debits of a transfer equal its credits in each currency, so that all balances together are always zero.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from app.core.money import Currency, Money

# Beyond this nothing in the city is one sum: a hundred thousand million yuan.
MOST_FEN = 10**13


class Side(StrEnum):
    DEBIT = "debit"
    CREDIT = "credit"


class AccountKind(StrEnum):
    """Whose, and what for. `GUARDED` ones keep a balance that a filter guards; the others are folded from postings."""

    WALLET = "wallet"  # what the city keeps for a citizen
    POINTS = "points"  # a citizen's points
    CREDIT = "credit"  # what a citizen owes by his credit line
    PACKET = "packet"  # what lies in a red packet
    MERCHANT = "merchant"  # owed to a merchant
    BILLER = "biller"  # owed to a biller
    OPERATOR = "operator"  # owed to a transport operator
    CAUSE = "cause"  # given to a good cause
    FEES = "fees"  # what the city earns
    ISSUED = "issued"  # points given out: the other side of all points
    GATEWAY = "gateway"  # money of the city at the payment gateway
    BANK = "bank"  # what was paid out to banks
    SUSPENSE = "suspense"  # what nobody can say yet whose it is
    LOSSES = "losses"  # what the city bears itself
    REDEEMED = "redeemed"  # points that came back to the city from those who took them
    BUDGET = "budget"  # what the city pays for them


GUARDED = frozenset({AccountKind.WALLET, AccountKind.POINTS, AccountKind.CREDIT, AccountKind.PACKET})
BUSY = tuple(kind for kind in AccountKind if kind not in GUARDED)
_DEBIT_SIDE = frozenset(
    {
        AccountKind.CREDIT,
        AccountKind.ISSUED,
        AccountKind.GATEWAY,
        AccountKind.BANK,
        AccountKind.LOSSES,
        AccountKind.BUDGET,
    }
)
# Whoever walks over a ledger meets the same accounts again and again.
_REMEMBERED = 20_000
# A place on a statement as it is written: milliseconds since 1970, and a turn.
_PLACE = re.compile(r"([0-9]{1,14})\.([0-9a-f:-]{1,60})")
_EPOCH, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
_MOST_DIGITS = 18
# The owner of accounts of which the city has one.
CITY = "city"


@dataclass(frozen=True, slots=True)
class Account:
    """`owner`: a citizen, an organisation, a red packet, or `CITY`. `id` is made of the three: one account each."""

    kind: AccountKind
    owner: str = CITY
    currency: Currency = Currency.CNY

    @property
    def id(self) -> str:
        return f"{self.kind.value}:{self.owner}:{self.currency.value}"

    @classmethod
    def parse(cls, id_: str) -> Account:
        """Raises ValueError."""
        return _parsed(id_)

    @property
    def side(self) -> Side:
        """The side on which its balance grows."""
        return Side.DEBIT if self.kind in _DEBIT_SIDE else Side.CREDIT

    @property
    def guarded(self) -> bool:
        return self.kind in GUARDED


@lru_cache(_REMEMBERED)
def _parsed(id_: str) -> Account:
    kind, rest = id_.split(":", 1)
    owner, currency = rest.rsplit(":", 1)
    return Account(AccountKind(kind), owner, Currency(currency))


def wallet(citizen: str) -> Account:
    return Account(AccountKind.WALLET, citizen)


def points(citizen: str) -> Account:
    return Account(AccountKind.POINTS, citizen, Currency.POINTS)


def credit_line(citizen: str) -> Account:
    return Account(AccountKind.CREDIT, citizen)


GATEWAY = Account(AccountKind.GATEWAY)
BANK = Account(AccountKind.BANK)
FEES = Account(AccountKind.FEES)
SUSPENSE = Account(AccountKind.SUSPENSE)
LOSSES = Account(AccountKind.LOSSES)
ISSUED = Account(AccountKind.ISSUED, CITY, Currency.POINTS)
REDEEMED = Account(AccountKind.REDEEMED, CITY, Currency.POINTS)
BUDGET = Account(AccountKind.BUDGET)


@dataclass(frozen=True, slots=True)
class Line:
    """`fen` are positive hundredths of the account's currency."""

    account: Account
    side: Side
    fen: int

    @property
    def grows(self) -> int:
        """By how much the account's balance changes, in its own normal sense."""
        return self.fen if self.side is self.account.side else -self.fen


def debit(account: Account, fen: int) -> Line:
    return Line(account, Side.DEBIT, fen)


def credit(account: Account, fen: int) -> Line:
    return Line(account, Side.CREDIT, fen)


def moved(source: Account, target: Account, fen: int) -> tuple[Line, Line]:
    """Two lines for the common case: value goes from what is owed to one to what is owed to another."""
    return debit(source, fen), credit(target, fen)


class TransferKind(StrEnum):
    """What a transfer is for; statements group by it."""

    TOP_UP = "top_up"
    WITHDRAWAL = "withdrawal"
    PAYMENT = "payment"
    REFUND = "refund"
    REVERSAL = "reversal"
    FEE = "fee"
    SETTLEMENT = "settlement"
    REPAYMENT = "repayment"
    GRANT = "grant"
    SPENDING = "spending"
    DONATION = "donation"
    EXPIRY = "expiry"
    PACKET = "packet"
    CHARGEBACK = "chargeback"
    CORRECTION = "correction"
    REDEMPTION = "redemption"


class TransferState(StrEnum):
    PENDING = "pending"
    POSTED = "posted"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A transfer as it is asked for. `key` names it for good: its id is made of it. `about` is what it belongs to (a
    payment, a bill, a packet), `reverses` the transfer that it takes back.
    """

    key: str
    kind: TransferKind
    lines: tuple[Line, ...]
    about: str = ""
    reverses: str | None = None

    def __post_init__(self) -> None:
        """Raises ValueError: a caller's mistake, never an outcome."""
        if len(self.lines) < 2 or not all(0 < line.fen <= MOST_FEN for line in self.lines):
            raise ValueError("a transfer has two lines or more, of positive amounts")
        if any(imbalance(self.lines).values()):
            raise ValueError("debits and credits differ")
        if len({line.account for line in self.lines}) != len(self.lines):
            raise ValueError("an account stands in a transfer once")

    @property
    def id(self) -> str:
        return transfer_id(self.key)

    def scaled(self, fen: int) -> Wanted:
        """The same for less, when two lines share one amount. Raises ValueError."""
        (whole,) = {line.fen for line in self.lines}
        if not 0 < fen <= whole:
            raise ValueError("a part is more than nothing and not more than the whole")
        return Wanted(
            self.key,
            self.kind,
            tuple(Line(line.account, line.side, fen) for line in self.lines),
            self.about,
            self.reverses,
        )


def transfer_id(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def imbalance(lines: Iterable[Line]) -> Mapping[Currency, int]:
    """Debits less credits by currency: all zero in a transfer that balances."""
    found: Counter[Currency] = Counter()
    for line in lines:
        found[line.account.currency] += line.fen if line.side is Side.DEBIT else -line.fen
    return found


@dataclass(frozen=True, slots=True)
class Transfer:
    """`serial` (a UUIDv7) orders transfers by when they were asked for. `until`: when a pending one lapses; `posted`
    are the lines that were entered, which may be for less than was held.
    """

    id: str
    serial: str
    kind: TransferKind
    lines: tuple[Line, ...]
    state: TransferState
    at: datetime
    about: str = ""
    reverses: str | None = None
    until: datetime | None = None
    posted: tuple[Line, ...] = ()
    settled_at: datetime | None = None

    @property
    def content(self) -> str:
        """What a repeat under the same key must have alike. What is held is other content than what is entered: whoever
        asks to post must not be told of money that is only promised.
        """
        lines = sorted(f"{line.account.id} {line.side.value} {line.fen}" for line in self.lines)
        how = "post" if self.until is None else "hold"
        said = "\n".join((how, self.kind.value, self.about, self.reverses or "", *lines))
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Posting:
    """One line as it was entered. `seq` counts the postings of a guarded account without a gap, and `after` is its
    balance after this one; busy accounts have neither.
    """

    id: str
    transfer: str
    account: Account
    side: Side
    fen: int
    kind: TransferKind
    at: datetime
    about: str = ""
    other: str = ""
    seq: int | None = None
    after: int | None = None

    @property
    def change(self) -> Money:
        """What it did to the account's balance."""
        return Money(self.fen if self.side is self.account.side else -self.fen, self.account.currency)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a posting stands on its account's statement: its moment, and its turn among those of that moment. `key` is
    the `seq` of a guarded account's, the id of a busy one's.
    """

    at: datetime
    key: str

    @classmethod
    def of(cls, posting: Posting) -> Place:
        return cls(posting.at, posting.id if posting.seq is None else str(posting.seq))

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """As it was written for whoever turns the page. None of what was never written so."""
        found = _PLACE.fullmatch(text)
        return cls(_EPOCH + int(found[1]) * _TICK, found[2]) if found else None

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // _TICK}.{self.key}"

    @property
    def seq(self) -> int:
        """What the database cannot hold is the turn of none."""
        return int(self.key) if self.key.isdecimal() and len(self.key) <= _MOST_DIGITS else 0


class AccountState(StrEnum):
    OPEN = "open"
    FROZEN = "frozen"
    CLOSED = "closed"


class FreezeReason(StrEnum):
    """Who had an account frozen. It stays frozen as long as one of them stands."""

    DESK = "desk"
    PAYER_STOPPED = "payer_stopped"
    OVERDUE = "overdue"  # of a credit line


@dataclass(frozen=True, slots=True)
class Balance:
    """`posted` is entered, `held` is promised to pending transfers, `available` can be taken: on a credit line, what
    may still be used of it. `frozen_for`: why it is frozen.
    """

    account: Account
    posted: Money
    held: Money
    available: Money
    state: AccountState = AccountState.OPEN
    most: Money | None = None
    frozen_for: frozenset[FreezeReason] = frozenset()

    def takes(self, fen: int) -> bool:
        """Whether so much more may lie here; a frozen account takes what comes."""
        return self.state is not AccountState.CLOSED and (self.most is None or self.posted.fen + fen <= self.most.fen)
