"""The ledger: whether it is sound, what lies on an account, now or at any moment, and what a transfer entered."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime

from app.admin.api.desk import ANY, After, Desk, First, Id, Reply, Rows, allowed, desk_router
from app.core.money import Currency, Money
from app.core.paging import PageRequest
from app.domains.identity.staff.model import StaffRole
from app.domains.payment.ledger.errors import AccountUnknown, TransferUnknown
from app.domains.payment.ledger.model import (
    CITY,
    Account,
    AccountKind,
    AccountState,
    Balance,
    Line,
    Posting,
    Side,
    Transfer,
    TransferKind,
    TransferState,
)
from app.domains.payment.ledger.proof.model import Verdict, Wrong
from app.domains.payment.ledger.service import cursor_of
from app.domains.payment.ledger.store import StatementFilter

router = desk_router("ledger")
Moment = Annotated[AwareDatetime, Query(ge=datetime(2020, 1, 1, tzinfo=UTC), le=datetime(2100, 12, 31, tzinfo=UTC))]
LOOKERS = (StaffRole.OPERATOR, StaffRole.AUDITOR, StaffRole.ADMINISTRATOR)
"""What lies on somebody's account is no figure for everybody at the desk."""


class FoundFault(Reply):
    """`where`: an account, a transfer, a posting or a currency. The numbers are fen or places, where it has any."""

    wrong: Wrong
    where: str
    expected: int
    found: int


class Proven(Reply):
    """The last proof: how much was walked over, how many faults were `counted`, and the first hundred of them."""

    at: datetime
    sound: bool
    accounts: int
    transfers: int
    postings: int
    counted: int
    faults: list[FoundFault]


class LedgerState(Reply):
    """`proven` is null before the first night."""

    proven: Proven | None


class AccountShown(Reply):
    """`posted` is entered, `held` promised, `available` can be taken. Busy accounts hold nothing back."""

    id: str
    kind: AccountKind
    owner: str
    currency: Currency
    state: AccountState
    posted: Decimal
    held: Decimal
    available: Decimal
    most: Decimal | None


class BalanceThen(Reply):
    account: str
    at: datetime
    balance: Decimal
    currency: Currency


class PostingShown(Reply):
    """`amount` is what it did to the balance, `after` the balance after it; null on a busy account."""

    id: str
    transfer: str
    kind: TransferKind
    side: Side
    amount: Decimal
    at: datetime
    about: str
    other: str
    after: Decimal | None


class LineShown(Reply):
    account: str
    side: Side
    amount: Decimal
    currency: Currency


class TransferShown(Reply):
    """`lines` were asked for, `posted` were entered: nothing of a void, perhaps less of what was held."""

    id: str
    kind: TransferKind
    state: TransferState
    at: datetime
    settled_at: datetime | None
    until: datetime | None
    about: str
    reverses: str | None
    lines: list[LineShown]
    posted: list[LineShown]


@router.get("/ledger")
async def proof(desk: Annotated[Desk, allowed("proof", *ANY)]) -> LedgerState:
    """What was found when it was last proven: each night, and by `rong ledger verify`."""
    verdict = await desk.services.payment.proof.last()
    return LedgerState(proven=_proven(verdict) if verdict else None)


@router.get("/ledger/accounts")
async def accounts(
    desk: Annotated[Desk, allowed("accounts", *LOOKERS)],
    owner: Annotated[str, Query(min_length=1, max_length=80, description="Whose; the city's own if left.")] = CITY,
) -> Rows[AccountShown]:
    """Of one owner; the city's own when nobody is named."""
    found = await desk.services.payment.ledger.of_owner(owner)
    return Rows[AccountShown](items=[_account(one) for one in found])


@router.get("/ledger/accounts/{account}")
async def account(account: Id, desk: Annotated[Desk, allowed("account", *LOOKERS)]) -> AccountShown:
    """`kind:owner:CURRENCY`, such as `fees:city:CNY`."""
    return _account(await desk.services.payment.ledger.balance(_parsed(account)))


@router.get("/ledger/accounts/{account}/balance")
async def balance(account: Id, at: Moment, desk: Annotated[Desk, allowed("balance", *LOOKERS)]) -> BalanceThen:
    """What was entered until that moment."""
    asked = _parsed(account)
    fen = await desk.services.payment.ledger.balance_at(asked, at)
    return BalanceThen(account=asked.id, at=at, balance=_yuan(fen), currency=asked.currency)


@router.get("/ledger/accounts/{account}/postings")
async def postings(
    account: Id,
    desk: Annotated[Desk, allowed("postings", *LOOKERS)],
    since: Moment | None = None,
    until: Annotated[Moment | None, Query(description="Not included.")] = None,
    first: First = 25,
    after: After = None,
) -> Rows[PostingShown]:
    """Newest first."""
    which, page = StatementFilter(since, until), PageRequest.of(first, after)
    found = await desk.services.payment.ledger.statement(_parsed(account), page, which)
    return Rows[PostingShown].of(found, _posting, cursor_of)


@router.get("/ledger/transfers/{transfer}")
async def transfer(transfer: Id, desk: Annotated[Desk, allowed("transfer", *LOOKERS)]) -> TransferShown:
    found = await desk.services.payment.ledger.transfer(transfer)
    if found is None:
        raise TransferUnknown
    return _transfer(found)


def _parsed(account: str) -> Account:
    """Raises AccountUnknown: an id of another form is none of the ledger's."""
    try:
        return Account.parse(account)
    except ValueError:
        raise AccountUnknown from None


def _yuan(fen: int) -> Decimal:
    return Money(fen).amount


def _proven(one: Verdict) -> Proven:
    return Proven(
        at=one.at,
        sound=one.sound,
        accounts=one.accounts,
        transfers=one.transfers,
        postings=one.postings,
        counted=one.counted,
        faults=[FoundFault.model_validate(fault) for fault in one.faults],
    )


def _account(one: Balance) -> AccountShown:
    of = one.account
    return AccountShown(
        id=of.id,
        kind=of.kind,
        owner=of.owner,
        currency=of.currency,
        state=one.state,
        posted=one.posted.amount,
        held=one.held.amount,
        available=one.available.amount,
        most=one.most.amount if one.most else None,
    )


def _posting(one: Posting) -> PostingShown:
    return PostingShown(
        id=one.id,
        transfer=one.transfer,
        kind=one.kind,
        side=one.side,
        amount=one.change.amount,
        at=one.at,
        about=one.about,
        other=one.other,
        after=None if one.after is None else _yuan(one.after),
    )


def _line(one: Line) -> LineShown:
    return LineShown(account=one.account.id, side=one.side, amount=_yuan(one.fen), currency=one.account.currency)


def _transfer(one: Transfer) -> TransferShown:
    return TransferShown(
        id=one.id,
        kind=one.kind,
        state=one.state,
        at=one.at,
        settled_at=one.settled_at,
        until=one.until,
        about=one.about,
        reverses=one.reverses,
        lines=[_line(line) for line in one.lines],
        posted=[_line(line) for line in one.posted],
    )
