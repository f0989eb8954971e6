"""Lines of a wallet in words, and what a month came to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from app.core.clock import CITY_TIME, civil_day
from app.core.money import Money
from app.core.said import UNSAID, Said
from app.domains.payment.ledger.model import Account, AccountKind, Posting, TransferKind
from app.domains.payment.merchants.model import Category
from app.domains.payment.wallet.statements.errors import StatementPeriodInvalid

MOST_DAYS = 366
MOST_LINES = 5_000


class SpendingCategory(StrEnum):
    TOP_UP = "top_up"
    WITHDRAWAL = "withdrawal"
    REFUND = "refund"
    RED_PACKET = "red_packet"
    REPAYMENT = "repayment"
    BILLS = "bills"
    TRANSPORT = "transport"
    FOOD = "food"
    SHOPPING = "shopping"
    HEALTH = "health"
    EDUCATION = "education"
    LEISURE = "leisure"
    SERVICES = "services"
    OTHER = "other"


_OF_KIND = {
    TransferKind.TOP_UP: SpendingCategory.TOP_UP,
    TransferKind.WITHDRAWAL: SpendingCategory.WITHDRAWAL,
    TransferKind.REFUND: SpendingCategory.REFUND,
    TransferKind.REVERSAL: SpendingCategory.REFUND,
    TransferKind.CHARGEBACK: SpendingCategory.REFUND,
    TransferKind.PACKET: SpendingCategory.RED_PACKET,
    TransferKind.REPAYMENT: SpendingCategory.REPAYMENT,
}
_OF_BUSINESS = {
    Category.TRANSPORT: SpendingCategory.TRANSPORT,
    Category.PARKING: SpendingCategory.TRANSPORT,
    Category.FUEL: SpendingCategory.TRANSPORT,
    Category.UTILITIES: SpendingCategory.BILLS,
    Category.SUPERMARKET: SpendingCategory.SHOPPING,
    Category.MARKET: SpendingCategory.FOOD,
    Category.BAKERY: SpendingCategory.FOOD,
    Category.CONVENIENCE: SpendingCategory.SHOPPING,
    Category.CLOTHES: SpendingCategory.SHOPPING,
    Category.CANTEEN: SpendingCategory.FOOD,
    Category.RESTAURANT: SpendingCategory.FOOD,
    Category.SNACKS: SpendingCategory.FOOD,
    Category.PHARMACY: SpendingCategory.HEALTH,
    Category.HOSPITAL: SpendingCategory.HEALTH,
    Category.BOOKS: SpendingCategory.EDUCATION,
    Category.EDUCATION: SpendingCategory.EDUCATION,
    Category.FLOWERS: SpendingCategory.SHOPPING,
    Category.LAUNDRY: SpendingCategory.SERVICES,
    Category.HAIRDRESSER: SpendingCategory.SERVICES,
    Category.REPAIR: SpendingCategory.SERVICES,
    Category.CINEMA: SpendingCategory.LEISURE,
    Category.SPORTS: SpendingCategory.LEISURE,
    Category.GOVERNMENT: SpendingCategory.BILLS,
}
_OF_PAYEE = {
    AccountKind.BILLER: SpendingCategory.BILLS,
    AccountKind.OPERATOR: SpendingCategory.TRANSPORT,
    AccountKind.MERCHANT: SpendingCategory.SHOPPING,
}


@dataclass(frozen=True, slots=True)
class WalletLine:
    """A posting with its other side: `payee` is whose account that is, when it is somebody's who can be named, and
    `name` what payers are shown of it.
    """

    posting: Posting
    category: SpendingCategory
    payee: str | None = None
    name: Said = UNSAID

    @property
    def change(self) -> Money:
        return self.posting.change

    @property
    def day(self) -> date:
        return civil_day(self.posting.at)


@dataclass(frozen=True, slots=True)
class CategorySum:
    category: SpendingCategory
    incoming: bool
    sum: Money
    count: int


@dataclass(frozen=True, slots=True)
class DaySum:
    """What a chart is drawn of: every day of the month, also those on which nothing moved."""

    day: date
    income: Money
    expense: Money


@dataclass(frozen=True, slots=True)
class Month:
    """`whole` is False when there was more than is counted here."""

    first: date
    opening: Money
    income: Money
    expense: Money
    closing: Money
    categories: tuple[CategorySum, ...]
    days: tuple[DaySum, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Period:
    """Civil days, both included."""

    first: date
    last: date

    @classmethod
    def checked(cls, first: date, last: date, today: date) -> Period:
        """Raises StatementPeriodInvalid."""
        if not first <= last <= today or (last - first).days >= MOST_DAYS or first.year < 2000:
            raise StatementPeriodInvalid(MOST_DAYS)
        return cls(first, last)

    @classmethod
    def month(cls, first: date, today: date) -> Period:
        """Of the month that this day lies in, up to its end. Raises StatementPeriodInvalid (in months to come)."""
        begin = first.replace(day=1)
        if begin > today or begin.year < 2000:
            raise StatementPeriodInvalid(MOST_DAYS)
        return cls(begin, (begin + timedelta(days=31)).replace(day=1) - timedelta(days=1))

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time(), CITY_TIME)

    @property
    def until(self) -> datetime:
        """The moment at which it is over."""
        return datetime.combine(self.last + timedelta(days=1), time(), CITY_TIME)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a file is written of. `holder` is masked."""

    holder: str
    period: Period
    opening: Money
    closing: Money
    lines: tuple[WalletLine, ...]
    made_at: datetime


def category_of(posting: Posting, other: Account | None, business: Category | None) -> SpendingCategory:
    """By what it is for; of a payment, by what the payee does."""
    known = _OF_KIND.get(posting.kind)
    if known is not None:
        return known
    if business is not None:
        return _OF_BUSINESS[business]
    return _OF_PAYEE.get(other.kind, SpendingCategory.OTHER) if other else SpendingCategory.OTHER


def month_of(period: Period, opening: Money, lines: Sequence[WalletLine], *, whole: bool = True) -> Month:
    income = sum(line.change.fen for line in lines if line.change.fen > 0)
    expense = -sum(line.change.fen for line in lines if line.change.fen < 0)
    return Month(
        period.first,
        opening,
        Money(income),
        Money(expense),
        Money(opening.fen + income - expense),
        _categories(lines),
        tuple(_days(period, lines)),
        whole,
    )


def _categories(lines: Iterable[WalletLine]) -> tuple[CategorySum, ...]:
    """The greatest first, what came before what went."""
    sums: dict[tuple[SpendingCategory, bool], list[int]] = {}
    for line in lines:
        sums.setdefault((line.category, line.change.fen > 0), []).append(abs(line.change.fen))
    found = [CategorySum(category, came, Money(sum(all_)), len(all_)) for (category, came), all_ in sums.items()]
    return tuple(sorted(found, key=lambda one: (not one.incoming, -one.sum.fen, one.category.value)))


def _days(period: Period, lines: Iterable[WalletLine]) -> Iterable[DaySum]:
    came: dict[date, int] = {}
    went: dict[date, int] = {}
    for line in lines:
        side: dict[date, int] = came if line.change.fen > 0 else went
        side[line.day] = side.get(line.day, 0) + abs(line.change.fen)
    for number in range((period.last - period.first).days + 1):
        day = period.first + timedelta(days=number)
        yield DaySum(day, Money(came.get(day, 0)), Money(went.get(day, 0)))


def other_side(posting: Posting, accounts: Mapping[str, Sequence[Account]]) -> Account | None:
    """The account across, of a transfer with one; with more (a fee), the payee's. `accounts` are those of transfers."""
    if posting.other:
        return Account.parse(posting.other)
    across = [one for one in accounts.get(posting.transfer, ()) if one != posting.account]
    return next((one for one in across if one.kind in _OF_PAYEE), across[0] if across else None)
