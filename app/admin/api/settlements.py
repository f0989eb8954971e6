"""Settlements: days, what each payee is paid, and where it is paid out to.

A payee is named by kind and organisation, `merchant:CODE`. His bank account is entered by one of the staff, checked
with the bank, and in force when another has approved of it; its number is never shown again but for four digits.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import Path
from pydantic import Field

from app.admin.api.desk import ANY, OPERATORS, After, Body, Desk, First, Id, Key, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from app.domains.payment.ledger.model import TransferKind
from app.domains.payment.settlement.errors import PayeeUnknown, SettlementUnknown
from app.domains.payment.settlement.model import Payee, Settlement, SettlementState
from app.domains.payment.settlement.payees.model import PayeeAccount, PayeeProfile
from app.domains.payment.settlement.running.service import Round
from app.domains.payment.settlement.service import SettlementDay

router = desk_router("settlements")
Day = Annotated[date, Path(ge=date(2020, 1, 1), le=date(2100, 12, 31))]


class SumShown(Reply):
    state: SettlementState
    count: int
    fen: int


class SettlementDayShown(Reply):
    """A day whose round is done, and how its settlements stand by now."""

    day: date
    at: datetime
    sums: list[SumShown]


class RoundShown(Reply):
    """What a round did: settlements made, how many fen of them are on their way, and how many payees could not be
    settled: then the day is not done.
    """

    day: date
    made: int
    paying: int
    fen: int
    failed: int


class LineShown(Reply):
    kind: TransferKind
    count: int
    gross: int
    fee: int
    net: int


class SettlementShown(Reply):
    """Amounts in fen. `carried` is what those before left over; `carried_into` took this one up."""

    id: str
    payee: str
    day: date
    since: datetime
    until: datetime
    lines: list[LineShown]
    carried: int
    total: int
    state: SettlementState
    reason: str
    tries: int
    payout: str | None
    at: datetime
    ended_at: datetime | None
    carried_into: str | None


class AccountShown(Reply):
    """`id` names the proposal, for its approval."""

    id: str
    masked: str
    bank: str
    bank_en: str
    by: str
    at: datetime
    approved_by: str | None


class PayeeShown(Reply):
    """`proposed` waits for somebody else's approval; `stopped`: why nothing is paid out."""

    id: str
    account: AccountShown | None
    proposed: AccountShown | None
    stopped: str | None


class AccountEntered(Body):
    number: str = Field(min_length=8, max_length=40)
    holder: str = Field(min_length=2, max_length=80)


class Approval(Body):
    proposal: str = Field(min_length=1, max_length=64)


class Stopping(Body):
    reason: str = Field(min_length=2, max_length=500)


@router.get("/settlement-days")
async def days(
    desk: Annotated[Desk, allowed("days", *ANY)], first: First = 31, after: After = None
) -> Rows[SettlementDayShown]:
    """Newest first."""
    page = await desk.services.payment.settlement.settlements.days(PageRequest.of(first, after))
    return Rows[SettlementDayShown].of(page, day_shown)


@router.post("/settlement-days/{day}/runs")
async def run(day: Day, desk: Annotated[Desk, allowed("run", *OPERATORS)]) -> RoundShown:
    """Settle a day that is over. What is settled already stays as it is."""
    return round_shown(await desk.services.payment.settlement.settling.settle(day))


@router.get("/settlement-days/{day}/settlements")
async def of_day(
    day: Day, desk: Annotated[Desk, allowed("list", *ANY)], first: First = 50, after: After = None
) -> Rows[SettlementShown]:
    page = await desk.services.payment.settlement.settlements.of_day(day, PageRequest.of(first, after))
    return Rows[SettlementShown].of(page, shown)


@router.get("/settlements/{settlement}")
async def one(settlement: Id, desk: Annotated[Desk, allowed("read", *ANY)]) -> SettlementShown:
    found = await desk.services.payment.settlement.settlements.one(settlement)
    if found is None:
        raise SettlementUnknown
    return shown(found)


@router.post("/settlements/{settlement}/pay")
async def pay(settlement: Id, key: Key, desk: Annotated[Desk, allowed("pay", *OPERATORS)]) -> SettlementShown:
    """Pay out what was returned or held, now rather than with the next one."""
    return shown(await desk.services.payment.settlement.settling.pay(desk.viewer, settlement, key))


@router.get("/payees")
async def payees(
    desk: Annotated[Desk, allowed("payees", *ANY)], first: First = 50, after: After = None
) -> Rows[PayeeShown]:
    """Those of whom a bank account was entered."""
    page = await desk.services.payment.settlement.payees.page(PageRequest.of(first, after))
    return Rows[PayeeShown].of(page, payee_shown)


@router.get("/payees/{payee}")
async def payee(payee: Id, desk: Annotated[Desk, allowed("read-payee", *ANY)]) -> PayeeShown:
    return payee_shown(await desk.services.payment.settlement.payees.one(named(payee)))


@router.get("/payees/{payee}/settlements")
async def of_payee(
    payee: Id, desk: Annotated[Desk, allowed("of-payee", *ANY)], first: First = 50, after: After = None
) -> Rows[SettlementShown]:
    """Newest first."""
    service = desk.services.payment.settlement.settlements
    return Rows[SettlementShown].of(await service.of_payee(named(payee), PageRequest.of(first, after)), shown)


@router.post("/payees/{payee}/account")
async def propose(
    payee: Id, body: AccountEntered, key: Key, desk: Annotated[Desk, allowed("propose-account", *OPERATORS)]
) -> PayeeShown:
    """Another bank account: the bank is asked whose it is, and somebody else approves of it."""
    service = desk.services.payment.settlement.payees
    return payee_shown(await service.propose(desk.viewer, named(payee), body.number, body.holder, key))


@router.post("/payees/{payee}/account/approve")
async def approve(
    payee: Id, body: Approval, key: Key, desk: Annotated[Desk, allowed("approve-account", *OPERATORS)]
) -> PayeeShown:
    """The account that was looked at, by the `id` of `proposed`: another one proposed since is not approved of."""
    service = desk.services.payment.settlement.payees
    return payee_shown(await service.approve(desk.viewer, named(payee), body.proposal, key))


@router.post("/payees/{payee}/stop")
async def stop(payee: Id, body: Stopping, key: Key, desk: Annotated[Desk, allowed("stop", *OPERATORS)]) -> PayeeShown:
    """What is owed to him is held back from now on."""
    return payee_shown(await desk.services.payment.settlement.payees.stop(desk.viewer, named(payee), body.reason, key))


@router.post("/payees/{payee}/resume")
async def resume(payee: Id, key: Key, desk: Annotated[Desk, allowed("resume", *OPERATORS)]) -> PayeeShown:
    return payee_shown(await desk.services.payment.settlement.payees.stop(desk.viewer, named(payee), None, key))


def named(id_: str) -> Payee:
    """Raises PayeeUnknown."""
    try:
        return Payee.parse(id_)
    except ValueError:
        raise PayeeUnknown from None


def day_shown(one: SettlementDay) -> SettlementDayShown:
    return SettlementDayShown(day=one.day, at=one.at, sums=[SumShown.model_validate(each) for each in one.sums])


def round_shown(one: Round) -> RoundShown:
    return RoundShown(day=one.day, made=one.made, paying=one.paying, fen=one.fen, failed=one.failed)


def shown(one: Settlement) -> SettlementShown:
    return SettlementShown(
        id=one.id,
        payee=one.payee.id,
        day=one.day,
        since=one.since,
        until=one.until,
        lines=[LineShown.model_validate(line) for line in one.lines],
        carried=one.carried,
        total=one.total,
        state=one.state,
        reason=one.reason,
        tries=one.tries,
        payout=one.payout,
        at=one.at,
        ended_at=one.ended_at,
        carried_into=one.carried_into,
    )


def payee_shown(one: PayeeProfile) -> PayeeShown:
    return PayeeShown(id=one.id, account=_account(one.account), proposed=_account(one.proposed), stopped=one.stopped)


def _account(one: PayeeAccount | None) -> AccountShown | None:
    return AccountShown.model_validate(one) if one else None
