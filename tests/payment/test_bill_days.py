"""Bills as days pass: reminders that stop, what is paid by itself, and billers asked each morning."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.paging import PageRequest
from app.core.viewer import Viewer
from app.domains.payment.bills.auto_pay.errors import AutoPayNothingToSkip
from app.domains.payment.bills.auto_pay.model import RunState
from app.domains.payment.bills.billers.model import BillerState
from app.domains.payment.bills.model import Bill, BillState
from app.domains.payment.bills.paying.model import Choice
from app.domains.payment.bills.pushing.model import ToldLine
from app.domains.payment.payments.model import Method
from app.jobs.bills import ask_billers, pay_by_itself, remind_of_bills
from app.wiring import City
from tests.support.api import OPS, Api
from tests.support.biller_desk import FakeBillers
from tests.support.billing import a_biller, bound, filled, payer, pushed, the_bill, told
from tests.support.fakes import MovableClock


async def events(city: City, viewer: Viewer) -> Counter[str]:
    rows = await city.db["outbox"].find({"citizen": viewer.citizen()}).to_list(None)
    return Counter(row["type"] for row in rows if row["type"].startswith("bill."))


async def runs(city: City, viewer: Viewer) -> list[RunState]:
    page = await city.services.payment.bills.auto_pay.runs(None, PageRequest(100))
    return sorted(run.state for run in page.items if run.citizen == viewer.citizen())


async def pay(city: City, viewer: Viewer, bill: Bill) -> None:
    paying = city.services.payment.bills.paying
    await paying.pay(viewer, [Choice(bill.id, bill.terms.version)], Method.WALLET, new_id())


async def test_reminders_come_four_times_and_stop_when_the_bill_is_paid(
    api: Api, city: City, clock: MovableClock
) -> None:
    biller, one, two = await a_biller(city), told(), told()
    await pushed(city, biller, one, two)
    _, viewer = await payer(api, 20_000)
    await bound(city, viewer, biller)
    heard = []
    for day in range(16):
        await remind_of_bills(city)
        await remind_of_bills(city)
        happened = await events(city, viewer)
        heard.append((happened["bill.due_soon"], happened["bill.overdue"]))
        if day == 7:
            await pay(city, viewer, await the_bill(city, viewer, two.number))
        clock.advance(days=1)
    assert heard == [*[(0, 0)] * 3, *[(2, 0)] * 4, *[(4, 0)] * 2, *[(5, 0)] * 2, *[(5, 1)] * 5]


async def test_auto_pay_announces_pays_a_day_before_and_leaves_a_receipt(
    api: Api, city: City, clock: MovableClock
) -> None:
    biller, one = await a_biller(city), told()
    await pushed(city, biller, one)
    _, viewer = await payer(api, 20_000)
    account = await bound(city, viewer, biller)
    service = city.services.payment.bills.auto_pay
    await service.allow(viewer, account.id, 15_000, Method.WALLET, new_id())
    for day in range(11):
        bill = await the_bill(city, viewer, one.number)
        assert bill.state is (BillState.PAID if day > 9 else BillState.OPEN), day
        await pay_by_itself(city)
        await pay_by_itself(city)
        assert (await events(city, viewer))["bill.auto_pay_ahead"] == int(day >= 7)
        clock.advance(days=1)
    assert await runs(city, viewer) == [RunState.PAID]
    assert len(await city.services.payment.bills.receipts.of_bill(viewer, bill.id)) == 1
    await remind_of_bills(city)
    assert (await events(city, viewer))["bill.overdue"] == 0


async def test_a_failed_auto_pay_is_told_tried_once_more_and_given_up(
    api: Api, city: City, clock: MovableClock
) -> None:
    biller, one, two = await a_biller(city), told(), told(due=told().due + timedelta(days=30))
    await pushed(city, biller, one, two)
    _, viewer = await payer(api, 100)
    account = await bound(city, viewer, biller)
    await city.services.payment.bills.auto_pay.allow(viewer, account.id, 15_000, Method.WALLET, new_id())
    clock.advance(days=7)
    for day, failures in enumerate((0, 0, 1, 2, 2)):
        await pay_by_itself(city)
        assert (await events(city, viewer))["bill.auto_pay_failed"] == failures, day
        clock.advance(days=1)
    assert await runs(city, viewer) == [RunState.FAILED]
    await filled(city, viewer.citizen(), 20_000)
    clock.advance(days=27)
    for _ in range(3):
        await pay_by_itself(city)
        clock.advance(days=1)
    assert await runs(city, viewer) == [RunState.FAILED, RunState.PAID]


async def test_a_bill_above_the_cap_is_told_and_left_to_the_citizen(api: Api, city: City, clock: MovableClock) -> None:
    biller, one = await a_biller(city), told()
    await pushed(city, biller, one)
    _, viewer = await payer(api, 20_000)
    account = await bound(city, viewer, biller)
    await city.services.payment.bills.auto_pay.allow(viewer, account.id, 12_849, Method.WALLET, new_id())
    clock.advance(days=8)
    for _ in range(3):
        await pay_by_itself(city)
        clock.advance(days=1)
    assert await runs(city, viewer) == [RunState.TOO_HIGH]
    assert (await the_bill(city, viewer, one.number)).state is BillState.OPEN
    assert (await events(city, viewer))["bill.auto_pay_too_high"] == 1


async def test_one_bill_is_skipped_before_or_after_it_is_announced_and_the_next_is_paid(
    api: Api, city: City, clock: MovableClock
) -> None:
    biller = await a_biller(city)
    one, two, three = told(), told(), told(due=told().due + timedelta(days=1))
    await pushed(city, biller, one, two, three)
    _, viewer = await payer(api, 90_000)
    account = await bound(city, viewer, biller)
    service = city.services.payment.bills.auto_pay
    await service.allow(viewer, account.id, 15_000, Method.WALLET, new_id())
    early, late = [await the_bill(city, viewer, bill.number) for bill in (one, two)]
    await service.skip(viewer, early.id, new_id())
    clock.advance(days=8)
    await pay_by_itself(city)
    await service.skip(viewer, late.id, new_id())
    with pytest.raises(AutoPayNothingToSkip):
        await service.skip(viewer, late.id, new_id())
    for _ in range(4):
        clock.advance(days=1)
        await pay_by_itself(city)
    states = [(await the_bill(city, viewer, bill.number)).state for bill in (one, two, three)]
    assert states == [BillState.OPEN, BillState.OPEN, BillState.PAID]


async def test_what_became_another_bill_is_announced_anew_and_what_is_paid_by_hand_lapses(
    api: Api, city: City, clock: MovableClock
) -> None:
    biller, one, two = await a_biller(city), told(), told()
    await pushed(city, biller, one, two)
    _, viewer = await payer(api, 90_000)
    account = await bound(city, viewer, biller)
    await city.services.payment.bills.auto_pay.allow(viewer, account.id, 15_000, Method.WALLET, new_id())
    clock.advance(days=7)
    await pay_by_itself(city)
    await pushed(city, biller, replace(one, version=2, lines=(ToldLine(one.reason, "140.00"),)))
    await pay(city, viewer, await the_bill(city, viewer, two.number))
    clock.advance(days=2)
    await pay_by_itself(city)
    assert (await events(city, viewer))["bill.auto_pay_ahead"] == 3
    assert (await the_bill(city, viewer, one.number)).state is BillState.OPEN
    clock.advance(days=1)
    await pay_by_itself(city)
    assert (await the_bill(city, viewer, one.number)).paid == 14_000
    assert await runs(city, viewer) == [RunState.LAPSED, RunState.PAID]


async def test_a_new_version_is_announced_on_the_day_it_is_seen_and_its_days_begin_again(
    api: Api, city: City, clock: MovableClock
) -> None:
    biller, one = await a_biller(city), told()
    await pushed(city, biller, one)
    _, viewer = await payer(api, 90_000)
    account = await bound(city, viewer, biller)
    await city.services.payment.bills.auto_pay.allow(viewer, account.id, 15_000, Method.WALLET, new_id())
    clock.advance(days=7)
    await pay_by_itself(city)
    clock.advance(days=1)
    await pushed(city, biller, replace(one, version=2, lines=(ToldLine(one.reason, "140.00"),)))
    heard, paid = [], []
    for _ in range(3):
        await pay_by_itself(city)
        await pay_by_itself(city)
        heard.append((await events(city, viewer))["bill.auto_pay_ahead"])
        paid.append((await the_bill(city, viewer, one.number)).paid)
        clock.advance(days=1)
    assert (heard, paid) == ([2, 2, 2], [0, 0, 14_000])


async def test_what_was_too_high_or_is_due_later_is_announced_when_its_time_comes(
    api: Api, city: City, clock: MovableClock
) -> None:
    biller, high, late = await a_biller(city), told(), told()
    await pushed(city, biller, high, replace(late, lines=(ToldLine(late.reason, "50.00"),)))
    _, viewer = await payer(api, 90_000)
    account = await bound(city, viewer, biller)
    await city.services.payment.bills.auto_pay.allow(viewer, account.id, 10_000, Method.WALLET, new_id())
    clock.advance(days=7)
    await pay_by_itself(city)
    assert await runs(city, viewer) == [RunState.ANNOUNCED, RunState.TOO_HIGH]
    await pushed(city, biller, replace(high, version=2, lines=(ToldLine(high.reason, "90.00"),)))
    later = replace(late, version=2, lines=(ToldLine(late.reason, "50.00"),), due=late.due + timedelta(days=20))
    await pushed(city, biller, later)
    ahead = []
    for _ in range(24):
        await pay_by_itself(city)
        ahead.append((await events(city, viewer))["bill.auto_pay_ahead"])
        clock.advance(days=1)
    assert ahead == [2] * 20 + [3] * 4  # the one at once, the other three days before its new day
    assert await runs(city, viewer) == [RunState.PAID, RunState.PAID]


async def test_who_is_not_paid_for_by_itself_after_all_is_reminded(api: Api, city: City, clock: MovableClock) -> None:
    biller = await a_biller(city)
    high, left_out, paid = told(), told(), told()
    cheap = [replace(one, lines=(ToldLine(one.reason, "90.00"),)) for one in (left_out, paid)]
    await pushed(city, biller, high, *cheap)
    _, viewer = await payer(api, 90_000)
    account = await bound(city, viewer, biller)
    service = city.services.payment.bills.auto_pay
    await service.allow(viewer, account.id, 10_000, Method.WALLET, new_id())
    reminded = []
    for day in range(11):
        await pay_by_itself(city)
        await remind_of_bills(city)
        reminded.append((await events(city, viewer))["bill.due_soon"])
        if day == 7:
            await service.skip(viewer, (await the_bill(city, viewer, left_out.number)).id, new_id())
        clock.advance(days=1)
    assert reminded == [0] * 9 + [2] * 2  # a day before they are due: of the one too high, and of the one left out
    assert await runs(city, viewer) == [RunState.PAID, RunState.SKIPPED, RunState.TOO_HIGH]


async def test_unbinding_ends_what_is_paid_by_itself(api: Api, city: City, clock: MovableClock) -> None:
    biller, one = await a_biller(city), told()
    await pushed(city, biller, one)
    _, viewer = await payer(api, 20_000)
    account = await bound(city, viewer, biller)
    bill = await the_bill(city, viewer, one.number)
    await city.services.payment.bills.auto_pay.allow(viewer, account.id, 15_000, Method.WALLET, new_id())
    clock.advance(days=8)
    await pay_by_itself(city)
    await city.services.payment.bills.bound.unbind(viewer, account.id, new_id())
    clock.advance(days=2)
    await pay_by_itself(city)
    assert await runs(city, viewer) == [RunState.LAPSED]
    assert await city.services.payment.bills.reading.one(viewer, bill.id) is None


async def test_a_payment_whose_worker_died_is_found_made(api: Api, city: City, clock: MovableClock) -> None:
    biller, one = await a_biller(city), told()
    await pushed(city, biller, one)
    _, viewer = await payer(api, 20_000)
    account = await bound(city, viewer, biller)
    rooms = city.services.payment.bills
    await rooms.auto_pay.allow(viewer, account.id, 15_000, Method.WALLET, new_id())
    clock.advance(days=8)
    await pay_by_itself(city)
    (run,) = (await rooms.auto_pay.runs(RunState.ANNOUNCED, PageRequest())).items
    bill = await the_bill(city, viewer, one.number)

    async def nothing_first(tx: Tx) -> None: ...

    await rooms.paying.pay_one(viewer.citizen(), Choice(bill.id, 1), Method.WALLET, run.payment, nothing_first)
    clock.advance(days=1)
    await pay_by_itself(city)
    assert await runs(city, viewer) == [RunState.PAID]
    assert (await the_bill(city, viewer, one.number)).paid == 12_850


@pytest.mark.parametrize(("how", "left"), [("skip", RunState.SKIPPED), ("end", RunState.LAPSED)])
async def test_what_is_skipped_or_ended_while_the_biller_is_asked_is_not_paid(
    api: Api, city: City, clock: MovableClock, how: str, left: RunState
) -> None:
    desk, biller = city.outside.billers, await a_biller(city, asked=True)
    assert isinstance(desk, FakeBillers)
    one = told(due=civil_day(clock.now()) + timedelta(days=3))
    desk.put(biller.id, one)
    _, viewer = await payer(api, 20_000)
    account = await bound(city, viewer, biller)
    bill, service = await the_bill(city, viewer, one.number), city.services.payment.bills.auto_pay
    await service.allow(viewer, account.id, 15_000, Method.WALLET, new_id())
    await pay_by_itself(city)
    clock.advance(days=2)

    async def meanwhile() -> None:
        if how == "skip":
            await service.skip(viewer, bill.id, new_id())
        else:
            await service.end(viewer, account.id, new_id())

    desk.meanwhile[biller.id] = meanwhile
    await pay_by_itself(city)
    assert await runs(city, viewer) == [left]
    assert (await the_bill(city, viewer, one.number)).paid == 0


async def test_a_closed_biller_is_not_paid_by_itself(api: Api, city: City, clock: MovableClock) -> None:
    biller, one = await a_biller(city), told(due=civil_day(clock.now()) + timedelta(days=3))
    await pushed(city, biller, one)
    _, viewer = await payer(api, 20_000)
    account = await bound(city, viewer, biller)
    await city.services.payment.bills.auto_pay.allow(viewer, account.id, 15_000, Method.WALLET, new_id())
    await pay_by_itself(city)
    await city.services.payment.bills.billers.turn(OPS, biller.id, BillerState.CLOSED, "合同终止", new_id())
    clock.advance(days=2)
    await pay_by_itself(city)
    assert (await the_bill(city, viewer, one.number)).paid == 0
    assert (await events(city, viewer))["bill.auto_pay_failed"] == 1


async def test_billers_are_asked_each_morning_for_bound_accounts_only(
    api: Api, city: City, clock: MovableClock
) -> None:
    desk = city.outside.billers
    assert isinstance(desk, FakeBillers)
    biller = await a_biller(city, asked=True)
    desk.put(biller.id, told("A-1"), replace(told("B-1"), account="87654321"))
    _, viewer = await payer(api)
    await bound(city, viewer, biller)
    desk.put(biller.id, told("A-2"))
    clock.advance(days=1)
    desk.asked.clear()
    await ask_billers(city)
    assert desk.asked == [(biller.id, "12345678")]
    assert (await the_bill(city, viewer, "A-2")).terms.due > civil_day(clock.now())


async def test_who_is_erased_leaves_receipts_that_name_nobody(api: Api, city: City) -> None:
    biller, one = await a_biller(city), told()
    await pushed(city, biller, one)
    _, viewer = await payer(api, 20_000)
    account = await bound(city, viewer, biller)
    await city.services.payment.bills.auto_pay.allow(viewer, account.id, 15_000, Method.WALLET, new_id())
    await pay(city, viewer, await the_bill(city, viewer, one.number))
    (receipt,) = (await city.services.payment.bills.receipts.mine(viewer, PageRequest())).items
    code = city.services.payment.bills.receipts.check_at(receipt).rpartition("/")[2]

    async def destroyed(tx: Tx) -> None:
        await city.persons.destroy(viewer.citizen(), "test", tx)

    await city.db.transaction(destroyed)
    await city.persons.forget()
    checked = await city.services.payment.bills.receipts.check(code)
    assert checked is not None
    assert (checked.fen, checked.account, checked.beneficiary) == (12_850, None, None)
