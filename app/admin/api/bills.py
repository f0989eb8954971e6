"""Bills: how they stand, what auto-pay did, and payments that billers did not take. Nobody is named."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import Query

from app.admin.api.desk import ANY, After, Desk, First, Id, Reply, Rows, allowed, desk_router
from app.core.paging import PageRequest
from app.domains.payment.bills.auto_pay.model import Run, RunState
from app.domains.payment.bills.errors import BillUnknown
from app.domains.payment.bills.model import Bill, BillEntry, BillState, BillStep
from app.domains.payment.bills.overseeing.service import Overseen
from app.domains.payment.bills.receipts.model import Receipt
from app.domains.payment.bills.store import turn_of

router = desk_router("bills")


class BillRow(Reply):
    """Amounts in fen."""

    id: str
    biller: str
    number: str
    version: int
    state: BillState
    fen: int
    paid: int
    refunded: int
    due: date
    being_paid: bool


class EntryShown(Reply):
    what: BillStep
    at: datetime
    version: int
    fen: int
    due: date


class BillShown(BillRow):
    """`account` is masked; `binders` is how many citizens have bound it."""

    account: str
    binders: int
    created_at: datetime
    changed_at: datetime
    history: list[EntryShown]


class RunShown(Reply):
    auto_pay: str
    biller: str
    bill: str
    fen: int
    state: RunState
    pay_on: date
    tries: int
    code: str | None
    at: datetime


class RefusedShown(Reply):
    """`payment` is the payment's id, to be given back."""

    payment: str
    number: str
    biller: str
    bill_number: str
    fen: int
    at: datetime


@router.get("/bills")
async def page(
    desk: Annotated[Desk, allowed("list", *ANY)],
    state: Annotated[BillState, Query(description="Bills in this state.")] = BillState.OPEN,
    biller: Annotated[str | None, Query(max_length=80, description="Of this biller, or of all.")] = None,
    first: First = 25,
    after: After = None,
) -> Rows[BillRow]:
    """The latest due first."""
    found = await desk.services.payment.bills.overseeing.page(state, biller, PageRequest.of(first, after))
    return Rows[BillRow].of(found, _row, turn_of)


@router.get("/bills/{bill}")
async def one(bill: Id, desk: Annotated[Desk, allowed("read", *ANY)]) -> BillShown:
    """One bill with what happened to it; its lines are the citizen's to read."""
    found = await desk.services.payment.bills.overseeing.one(bill)
    if found is None:
        raise BillUnknown
    return _shown(found)


@router.get("/auto-pay-runs")
async def runs(
    desk: Annotated[Desk, allowed("runs", *ANY)],
    state: Annotated[RunState | None, Query(description="In this state; in all when none is named.")] = None,
    first: First = 25,
    after: After = None,
) -> Rows[RunShown]:
    """What auto-pay did, or is about to do, about single bills."""
    found = await desk.services.payment.bills.auto_pay.runs(state, PageRequest.of(first, after))
    return Rows[RunShown].of(found, _run, lambda one: one.id)


@router.get("/refused-bill-payments")
async def refused(
    desk: Annotated[Desk, allowed("refused", *ANY)], first: First = 25, after: After = None
) -> Rows[RefusedShown]:
    """Payments that billers did not take, newest first: they are given back by a refund."""
    found = await desk.services.payment.bills.receipts.refused(PageRequest.of(first, after))
    return Rows[RefusedShown].of(found, _refused, lambda one: one.id)


def _fields(one: Bill) -> dict[str, object]:
    return {
        "id": one.id,
        "biller": one.biller,
        "number": one.number,
        "version": one.terms.version,
        "state": one.state,
        "fen": one.terms.fen,
        "paid": one.paid,
        "refunded": one.refunded,
        "due": one.terms.due,
        "being_paid": one.engaged is not None,
    }


def _row(one: Bill) -> BillRow:
    return BillRow.model_validate(_fields(one))


def _shown(found: Overseen) -> BillShown:
    bill = found.bill
    beside = {
        "account": found.account,
        "binders": found.binders,
        "created_at": bill.created_at,
        "changed_at": bill.changed_at,
        "history": [_entry(entry) for entry in bill.history],
    }
    return BillShown.model_validate({**_fields(bill), **beside})


def _entry(one: BillEntry) -> EntryShown:
    return EntryShown(what=one.what, at=one.at, version=one.version, fen=one.fen, due=one.due)


def _run(one: Run) -> RunShown:
    return RunShown.model_validate(one)


def _refused(one: Receipt) -> RefusedShown:
    return RefusedShown(
        payment=one.id, number=one.number, biller=one.biller, bill_number=one.bill_number, fen=one.fen, at=one.at
    )
