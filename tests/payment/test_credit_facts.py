"""What is counted of bills and volunteering, read from where they are kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.money import Money
from app.core.mongo import Tx
from app.core.said import Said
from app.domains.payment.bills.billers.model import BillKind
from app.domains.payment.bills.model import Bill, BillLine, BillState, Terms
from app.domains.payment.bills.store import BillStore
from app.domains.payment.credit.rules.model import FactorCode
from app.domains.payment.credit.score.model import Score
from app.domains.payment.payments.model import (
    Method,
    NewPayment,
    Payee,
    PayeeKind,
    Payment,
    PaymentState,
    Purpose,
    new_payment,
)
from app.domains.payment.payments.store import PaymentStore
from app.domains.payment.points.grants.model import Grant, GrantReason, GrantState
from app.domains.payment.points.grants.store import GrantStore
from tests.support.credit import Lent


async def within(lent: Lent, work: Callable[[Tx], Awaitable[object]]) -> None:
    await lent.city.db.transaction(work)


async def bill(lent: Lent, due: date) -> str:
    """Sent by a biller, and due on that day."""
    now, terms = (
        lent.clock.now(),
        Terms(1, (BillLine(Said("水费", "Water"), 4_200),), due, reason=Said("水费", "Water")),
    )
    made = Bill(new_id(), "water", BillKind.WATER, new_id(), "W-1", terms, BillState.PAID, now, now, paid=4_200)
    await within(lent, lambda tx: BillStore(lent.city.db, lent.city.ring).add([made], tx))
    return made.id


async def paid(lent: Lent, citizen: str, about: str, at: datetime, **changed: object) -> None:
    new = NewPayment(
        new_id(), citizen, Payee(PayeeKind.BILLER, "water"), Money(4_200), Method.WALLET, Purpose.BILL, about=about
    )
    one: Payment = new_payment(new, at, "P1", confirm_until=None).captured("t", at)
    one = replace(one, **changed)  # type: ignore[arg-type]
    await within(lent, lambda tx: PaymentStore(lent.city.db).add(one, tx))


async def granted(lent: Lent, citizen: str, reason: GrantReason, at: datetime, state: GrantState) -> None:
    given = Grant(new_id(), "club", new_id(), citizen, 1_000, reason, "植树", at, "t", state)
    await within(lent, lambda tx: GrantStore(lent.city.db, lent.city.persons).add(given, tx))


def counted(score: Score, code: FactorCode) -> tuple[int, int]:
    found = next(one for one in score.reckoning.factors if one.code is code)
    return found.good, found.bad


async def test_bills_that_he_paid_himself_count_once_each_by_their_due_day(lent: Lent) -> None:
    who, now = await lent.counted(), lent.clock.now()
    mine, today = who.citizen(), civil_day(now)
    on_time, late, in_parts, given_back, others = [
        await bill(lent, today - timedelta(days=days)) for days in (0, 10, 5, 0, 0)
    ]
    await paid(lent, mine, on_time, now - timedelta(days=1))
    await paid(lent, mine, late, now - timedelta(days=9))
    for days in (8, 4):  # the last part came too late
        await paid(lent, mine, in_parts, now - timedelta(days=days))
    await paid(lent, mine, given_back, now - timedelta(days=1), refunded=4_200)
    await paid(lent, mine, on_time, now - timedelta(days=2), state=PaymentState.FAILED, captured_at=None)
    await paid(lent, (await lent.citizen()).citizen(), others, now - timedelta(days=1))
    await paid(lent, mine, await bill(lent, today - timedelta(days=800)), now - timedelta(days=800))
    assert counted(await lent.credit.scores.recount(who, new_id()), FactorCode.BILLS) == (1, 2)


async def test_volunteering_counts_as_often_as_it_was_confirmed_and_kept(lent: Lent) -> None:
    who, now = await lent.counted(), lent.clock.now()
    for reason, days, state in (
        (GrantReason.VOLUNTEERING, 3, GrantState.GIVEN),
        (GrantReason.VOLUNTEERING, 200, GrantState.GIVEN),
        (GrantReason.VOLUNTEERING, 400, GrantState.GIVEN),
        (GrantReason.VOLUNTEERING, 5, GrantState.TAKEN_BACK),
        (GrantReason.ACTIVITY, 5, GrantState.GIVEN),
    ):
        await granted(lent, who.citizen(), reason, now - timedelta(days=days), state)
    score = await lent.credit.scores.recount(who, new_id())
    assert counted(score, FactorCode.VOLUNTEERING) == (2, 0)
    assert score.value == 670
