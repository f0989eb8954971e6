"""Payees are settled with a day after, and every fen is where the ledger says."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.core.clock import civil_day
from app.core.errors import BadInput, Forbidden
from app.core.ids import new_id
from app.core.money import Money
from app.core.paging import PageRequest
from app.domains.payment.gateway.model import ErrandAnswer
from app.domains.payment.ledger.model import GATEWAY, SUSPENSE, TransferKind
from app.domains.payment.payments.model import PayeeKind
from app.domains.payment.reconciliation.model import bounds
from app.domains.payment.settlement.errors import (
    PayeeAccountChanged,
    PayeeAccountMissing,
    PayeeAccountRefused,
    PayeeNeedsAnother,
    SettlementDayNotOver,
    SettlementStateWrong,
)
from app.domains.payment.settlement.model import Payee, Settlement, SettlementState
from notifications.webhooks.deliveries.model import WEBHOOK_EVENTS
from tests.conftest import Databases
from tests.support.paying import desk, keeper, lies_on, pay, purse, shop
from tests.support.settling import Ground, ground_of


@pytest.fixture(scope="module")
async def ground(databases: Databases) -> AsyncIterator[Ground]:
    async with ground_of(databases) as ground:
        yield ground


async def test_a_day_is_paid_out_the_day_after_less_fees_and_refunds(ground: Ground) -> None:
    paid, payee = await ground.payee()
    payer = await purse(ground.city, 100_000)
    await pay(ground.city, payer, 20_000, paid, fee=120)
    second = await pay(ground.city, payer, 10_000, paid, fee=60)
    await ground.refund(second.id, 5_000)
    await ground.settle()
    one = await ground.newest(payee)
    by_kind = {line.kind: (line.count, line.gross, line.fee) for line in one.lines}
    assert by_kind == {TransferKind.PAYMENT: (2, 30_000, 180), TransferKind.REFUND: (1, -5_000, -30)}
    assert (one.total, one.state) == (24_850, SettlementState.PAID)
    assert ground.gateway.payouts[one.payout or ""][1].fen == 24_850
    assert await lies_on(ground.city, payee.account) == 0


async def test_a_payee_hears_of_what_was_paid_and_of_what_could_not_be(ground: Ground) -> None:
    paid, payee = await ground.payee()
    await pay(ground.city, await purse(ground.city, 5_000), 5_000, paid, fee=30)
    without = shop()
    await pay(ground.city, await purse(ground.city, 700), 700, without)
    day = await ground.settle()
    told = {}
    for organisation in (paid.id, without.id):
        types = ["settlement.paid", "settlement.failed"]
        which = {"type": {"$in": types}, "facts.organisation": organisation}
        (row,) = await ground.city.db["outbox"].find(which).to_list(None)
        told[organisation] = {**row["facts"], "type": row["type"]}
    good, bad = told[paid.id], told[without.id]
    assert (good["type"], good["fen"], good["day"]) == ("settlement.paid", 4_970, day.isoformat())
    assert (bad["type"], bad["state"], bad["why"]) == ("settlement.failed", "held", "NO_ACCOUNT")
    assert good["settlement"] == (await ground.newest(payee)).id
    for one in told.values():
        assert {fact for fact, _ in WEBHOOK_EVENTS[one["type"]].ids.values()} <= one.keys()
        assert set(WEBHOOK_EVENTS[one["type"]].codes.values()) <= one.keys()


async def test_a_day_that_is_not_over_is_not_settled(ground: Ground) -> None:
    with pytest.raises(SettlementDayNotOver):
        await ground.rooms.settling.settle(civil_day(ground.clock.now()))


async def test_settling_a_day_again_changes_nothing(ground: Ground) -> None:
    paid, payee = await ground.payee()
    await pay(ground.city, await purse(ground.city, 5_000), 5_000, paid)
    day = await ground.settle()
    sent = len(ground.gateway.payouts)
    assert (await ground.rooms.settling.settle(day)).made == 0
    assert (len(ground.gateway.payouts), await lies_on(ground.city, payee.account)) == (sent, 0)


async def test_many_workers_settle_a_day_once(ground: Ground) -> None:
    shops = [await ground.payee() for _ in range(3)]
    payer = await purse(ground.city, 90_000)
    for paid, _ in shops:
        await pay(ground.city, payer, 30_000, paid)
    day, before = await ground.next_day(), set(ground.gateway.payouts)
    await asyncio.gather(*(ground.rooms.settling.settle(day) for _ in range(4)))
    ours = {payee.organisation for _, payee in shops}
    settled = (await ground.rooms.settlements.of_day(day, PageRequest(100))).items
    mine = [one for one in settled if one.payee.organisation in ours]
    assert [(one.total, one.state) for one in mine] == [(30_000, SettlementState.PAID)] * 3
    sent = [told.fen for reference, (_, told) in ground.gateway.payouts.items() if reference not in before]
    assert sent.count(30_000) == 3


async def test_what_went_back_beyond_what_came_is_carried_over(ground: Ground) -> None:
    paid, payee = await ground.payee()
    payer = await purse(ground.city, 60_000)
    payment = await pay(ground.city, payer, 30_000, paid)
    await ground.settle()
    await ground.refund(payment.id, 20_000)
    await ground.settle()
    owing = await ground.newest(payee)
    assert (owing.total, owing.state) == (-20_000, SettlementState.CARRIED)
    await pay(ground.city, payer, 25_000, paid)
    await ground.settle()
    even = await ground.newest(payee)
    assert (even.carried, even.total, even.state) == (-20_000, 5_000, SettlementState.PAID)
    taken_up = await ground.rooms.settlements.one(owing.id)
    assert taken_up is not None
    assert taken_up.carried_into == even.id


async def test_without_a_bank_account_it_is_held_until_there_is_one(ground: Ground) -> None:
    paid = shop()
    payee = Payee(paid.kind, paid.id)
    await pay(ground.city, await purse(ground.city, 7_000), 7_000, paid)
    await ground.settle()
    held = await ground.newest(payee)
    assert (held.state, held.reason) == (SettlementState.HELD, "NO_ACCOUNT")
    with pytest.raises(PayeeAccountMissing):
        await ground.rooms.settling.pay(desk(), held.id, new_id())
    await ground.account(payee, "6222000011113333")
    done = await ground.rooms.settling.pay(desk(), held.id, new_id())
    assert (done.state, await lies_on(ground.city, payee.account)) == (SettlementState.PAID, 0)
    with pytest.raises(SettlementStateWrong):
        await ground.rooms.settling.pay(desk(), held.id, new_id())


async def test_a_stopped_payee_is_held_and_taken_up_by_the_next_settlement(ground: Ground) -> None:
    paid, payee = await ground.payee()
    payer = await purse(ground.city, 9_000)
    await ground.rooms.payees.stop(desk(), payee, "查询中", new_id())
    await pay(ground.city, payer, 4_000, paid)
    await ground.settle()
    assert (await ground.newest(payee)).reason == "STOPPED"
    await ground.rooms.payees.stop(desk(), payee, None, new_id())
    await ground.settle()
    one = await ground.newest(payee)
    assert (one.carried, one.total, one.state) == (4_000, 4_000, SettlementState.PAID)


async def test_a_closed_account_is_returned_at_once_and_a_moody_bank_is_asked_three_times(ground: Ground) -> None:
    closed, closed_payee = await ground.payee("6222000011110000")
    moody, moody_payee = await ground.payee()
    payer = await purse(ground.city, 9_000)
    await pay(ground.city, payer, 1_000, closed)
    await pay(ground.city, payer, 2_000, moody)
    ground.gateway.ends = ErrandAnswer.FAILED
    try:
        await ground.settle()
        for _ in range(3):
            ground.clock.advance(minutes=5)
            await ground.city.services.payment.payouts.sweep()
    finally:
        ground.gateway.ends = ErrandAnswer.DONE
    one, other = await ground.newest(closed_payee), await ground.newest(moody_payee)
    assert (one.state, one.tries, one.reason) == (SettlementState.RETURNED, 1, "ACCOUNT_CLOSED")
    assert (other.state, other.tries) == (SettlementState.RETURNED, 3)
    assert await lies_on(ground.city, moody_payee.account) == 2_000
    await ground.settle()
    again = await ground.newest(moody_payee)
    assert (again.carried, again.state, again.lines) == (2_000, SettlementState.PAID, ())


async def test_a_gateway_that_is_down_pays_out_when_it_is_there_again(ground: Ground) -> None:
    paid, payee = await ground.payee()
    await pay(ground.city, await purse(ground.city, 3_000), 3_000, paid)
    ground.gateway.down = True
    try:
        await ground.settle()
    finally:
        ground.gateway.down = False
    assert (await ground.newest(payee)).state is SettlementState.PAYING
    ground.clock.advance(minutes=5)
    await ground.city.services.payment.payouts.sweep()
    assert (await ground.newest(payee)).state is SettlementState.PAID


async def test_days_that_were_missed_are_made_up_for_in_their_order(ground: Ground) -> None:
    paid, payee = await ground.payee()
    payer = await purse(ground.city, 9_000)
    await ground.rooms.settling.run()
    for fen in (1_000, 2_000, 3_000):
        await pay(ground.city, payer, fen, paid)
        await ground.next_day()
    await ground.rooms.settling.run()
    made = (await ground.rooms.settlements.of_payee(payee, PageRequest(10))).items
    assert [(one.seq, one.total) for one in reversed(made)] == [(1, 1_000), (2, 2_000), (3, 3_000)]
    assert all(one.until == other.since for other, one in itertools.pairwise(made))


async def test_whatever_happens_the_settlements_and_what_came_since_are_what_the_ledger_owes(ground: Ground) -> None:
    paid, payee = await ground.payee()
    payer, draw = await purse(ground.city, 1_000_000), random.Random(6)
    payments: list[str] = []
    for _ in range(24):
        match draw.choice(["pay", "pay", "pay", "refund", "settle", "stop", "resume", "fail"]):
            case "pay":
                fen = draw.randrange(100, 9_000)
                payments.append((await pay(ground.city, payer, fen, paid, fee=fen // 200)).id)
            case "refund" if payments:
                await ground.refund(payments.pop())
            case "settle":
                await ground.settle()
            case "stop":
                await ground.rooms.payees.stop(desk(), payee, "查询", new_id())
            case "resume":
                await ground.rooms.payees.stop(desk(), payee, None, new_id())
            case "fail":
                ground.gateway.ends = draw.choice([ErrandAnswer.FAILED, ErrandAnswer.DONE])
    ground.gateway.ends = ErrandAnswer.DONE
    await ground.settle()
    owed = await lies_on(ground.city, payee.account)
    made = (await ground.rooms.settlements.of_payee(payee, PageRequest(100))).items
    open_ = [one for one in made if one.carried_into is None and one.state is not SettlementState.PAID]
    assert sum(one.total for one in open_) == owed


async def test_who_enters_a_bank_account_is_checked_by_the_bank_and_by_another(ground: Ground) -> None:
    payee, clerk = Payee(PayeeKind.MERCHANT, f"shop-{new_id()[-12:]}"), desk()
    with pytest.raises(PayeeAccountRefused):
        await ground.rooms.payees.propose(clerk, payee, "6222000011111111", "别人", new_id())
    entered = await ground.rooms.payees.propose(clerk, payee, "6222 0000 1111 2222", "小店", new_id())
    assert entered.proposed is not None
    with pytest.raises(PayeeNeedsAnother):
        await ground.rooms.payees.approve(clerk, payee, entered.proposed.id, new_id())
    row = await ground.city.db["settlement_payees"].find_one({"_id": payee.id})
    assert row is not None
    assert b"6222" not in row["proposed"]["number"]


async def test_an_account_that_was_entered_after_the_look_is_not_approved_of(ground: Ground) -> None:
    payee, payees, head = Payee(PayeeKind.MERCHANT, f"shop-{new_id()[-12:]}"), ground.rooms.payees, desk()
    seen = (await payees.propose(desk(), payee, "6222000011112222", "小店", new_id())).proposed
    slipped_in = (await payees.propose(desk(), payee, "6222000011113333", "小店", new_id())).proposed
    assert seen is not None
    assert slipped_in is not None
    with pytest.raises(PayeeAccountChanged):
        await payees.approve(head, payee, seen.id, new_id())
    assert (await payees.one(payee)).account is None
    approved = await payees.approve(head, payee, slipped_in.id, new_id())
    assert approved.account is not None
    assert approved.account.masked == "**** 3333"


async def test_a_payee_reads_his_own_settlements_and_statement_only(ground: Ground) -> None:
    paid, payee = await ground.payee()
    payment = await pay(ground.city, await purse(ground.city, 10_000), 10_000, paid, fee=60, order="A-1")
    day = await ground.settle()
    mine, other = keeper(paid.id), keeper("shop-other")
    rooms = ground.rooms
    assert len((await rooms.settlements.mine(mine, PayeeKind.MERCHANT, PageRequest(10))).items) == 1
    assert await rooms.settlements.my(other, f"{payee.id}:{day.isoformat()}") is None
    with pytest.raises(Forbidden):
        await rooms.settlements.mine(keeper(paid.id, "payments"), PayeeKind.MERCHANT, PageRequest(10))
    page = await rooms.statements.page(mine, PayeeKind.MERCHANT, day, day, PageRequest(10))
    (row,) = page.items
    assert (row.payment, row.order, row.gross, row.fee, row.net) == (payment.id, "A-1", 10_000, 60, 9_940)
    file = await rooms.statements.file(mine, PayeeKind.MERCHANT, day, day)
    assert str(Money(9_940).amount) in file
    assert len(file.splitlines()) == 2
    assert len((await rooms.statements.file(other, PayeeKind.MERCHANT, day, day)).splitlines()) == 1
    with pytest.raises(BadInput):
        await rooms.statements.file(mine, PayeeKind.MERCHANT, day - timedelta(days=100), day)
    for far in (date.min, date.max):
        with pytest.raises(BadInput):
            await rooms.statements.page(mine, PayeeKind.MERCHANT, far, far, PageRequest(10))


async def test_what_the_desk_pays_again_while_the_night_settles_is_paid_once(ground: Ground) -> None:
    for _ in range(3):
        paid, payee = await ground.payee()
        await ground.rooms.payees.stop(desk(), payee, "查询中", new_id())
        await pay(ground.city, await purse(ground.city, 6_000), 6_000, paid)
        await ground.settle()
        held = await ground.newest(payee)
        await ground.rooms.payees.stop(desk(), payee, None, new_id())
        day = await ground.next_day()
        await asyncio.gather(
            ground.rooms.settling.pay(desk(), held.id, new_id()),
            ground.rooms.settling.settle(day),
            return_exceptions=True,
        )
        assert await lies_on(ground.city, payee.account) == 0
        made = (await ground.rooms.settlements.of_payee(payee, PageRequest(10))).items
        assert sum(one.total for one in made if one.state is SettlementState.PAID) == 6_000


async def test_what_the_bank_works_on_is_not_paid_again_however_often_it_is_asked_for(ground: Ground) -> None:
    paid, payee = await ground.payee()
    settling = ground.rooms.settling
    await ground.rooms.payees.stop(desk(), payee, "查询中", new_id())
    await pay(ground.city, await purse(ground.city, 7_000), 7_000, paid)
    await ground.settle()
    held, sent = await ground.newest(payee), len(ground.gateway.payouts)
    await ground.rooms.payees.stop(desk(), payee, None, new_id())
    clerk, key = desk(), new_id()
    ground.gateway.ends = ErrandAnswer.PROCESSING
    try:
        answers = await asyncio.gather(
            settling.pay(clerk, held.id, key),
            *(settling.pay(desk(), held.id, new_id()) for _ in range(3)),
            return_exceptions=True,
        )
        assert sum(isinstance(answer, Settlement) for answer in answers) == 1
        assert all(isinstance(answer, Settlement | SettlementStateWrong) for answer in answers)
        with pytest.raises(SettlementStateWrong):
            await settling.pay(desk(), held.id, new_id())
    finally:
        ground.gateway.ends = ErrandAnswer.DONE
    assert len(ground.gateway.payouts) == sent + 1
    assert (await ground.newest(payee)).state is SettlementState.PAYING


async def test_a_repeat_under_the_same_key_is_answered_as_the_first(ground: Ground) -> None:
    paid, payee = await ground.payee()
    await ground.rooms.payees.stop(desk(), payee, "查询中", new_id())
    await pay(ground.city, await purse(ground.city, 7_000), 7_000, paid)
    await ground.settle()
    held = await ground.newest(payee)
    await ground.rooms.payees.stop(desk(), payee, None, new_id())
    clerk, key = desk(), new_id()
    first = await ground.rooms.settling.pay(clerk, held.id, key)
    assert await ground.rooms.settling.pay(clerk, held.id, key) == first
    assert (first.state, await lies_on(ground.city, payee.account)) == (SettlementState.PAID, 0)


async def test_a_payout_that_nobody_waits_for_goes_to_suspense_and_pays_nothing(ground: Ground) -> None:
    paid, payee = await ground.payee()
    await pay(ground.city, await purse(ground.city, 5_000), 5_000, paid)
    ground.gateway.ends = ErrandAnswer.PROCESSING
    try:
        await ground.settle()
    finally:
        ground.gateway.ends = ErrandAnswer.DONE
    one = await ground.newest(payee)
    payout = await ground.city.services.payment.payouts.get(one.payout or "")
    assert payout is not None
    before = [await lies_on(ground.city, account) for account in (SUSPENSE, GATEWAY)]
    stray, settling = replace(payout, id=new_id()), ground.rooms.settling
    await ground.city.db.transaction(lambda tx: settling.done(stray, tx))
    await ground.city.db.transaction(lambda tx: settling.failed(stray, tx))
    assert [await lies_on(ground.city, account) for account in (SUSPENSE, GATEWAY)] == [fen - 5_000 for fen in before]
    assert await ground.newest(payee) == one
    ground.gateway.end(payout.id, ErrandAnswer.DONE)
    await ground.city.services.payment.payouts.send(payout.id)
    assert ((await ground.newest(payee)).state, await lies_on(ground.city, payee.account)) == (SettlementState.PAID, 0)


async def test_a_day_is_settled_when_its_last_transactions_have_ended(ground: Ground) -> None:
    day = civil_day(ground.clock.now())
    ground.clock.ahead += bounds(day)[1] - ground.clock.now() + timedelta(minutes=1)
    with pytest.raises(SettlementDayNotOver):
        await ground.rooms.settling.settle(day)
    assert day not in {done.day for done in await ground.rooms.settling.run()}
    ground.clock.advance(minutes=2)
    assert (await ground.rooms.settling.settle(day)).day == day
    ground.clock.advance(hours=10)


async def test_a_payee_who_is_stopped_before_his_payout_was_sent_is_held(ground: Ground) -> None:
    paid, payee = await ground.payee()
    await pay(ground.city, await purse(ground.city, 3_000), 3_000, paid)
    ground.gateway.down = True
    try:
        await ground.settle()
    finally:
        ground.gateway.down = False
    await ground.rooms.payees.stop(desk(), payee, "查询中", new_id())
    ground.clock.advance(minutes=5)
    await ground.city.services.payment.payouts.sweep()
    held = await ground.newest(payee)
    assert (held.state, held.reason, held.carried_into) == (SettlementState.HELD, "STOPPED", None)
    assert held.payout not in ground.gateway.payouts
    await ground.rooms.payees.stop(desk(), payee, None, new_id())
    await ground.settle()
    one = await ground.newest(payee)
    assert (one.carried, one.state, await lies_on(ground.city, payee.account)) == (3_000, SettlementState.PAID, 0)


async def test_a_payee_who_is_stopped_while_the_bank_refuses_is_not_tried_again(ground: Ground) -> None:
    paid, payee = await ground.payee()
    await pay(ground.city, await purse(ground.city, 3_000), 3_000, paid)
    ground.gateway.ends = ErrandAnswer.PROCESSING
    try:
        await ground.settle()
    finally:
        ground.gateway.ends = ErrandAnswer.DONE
    paying = await ground.newest(payee)
    await ground.rooms.payees.stop(desk(), payee, "查询中", new_id())
    ground.gateway.end(paying.payout or "", ErrandAnswer.FAILED, "BANK_REFUSED")
    await ground.city.services.payment.payouts.send(paying.payout or "")
    held = await ground.newest(payee)
    assert (held.state, held.reason, held.payout) == (SettlementState.HELD, "STOPPED", paying.payout)


async def test_one_payees_fault_stops_no_other_and_leaves_the_day_open(ground: Ground) -> None:
    broken, whole = await ground.payee(), await ground.payee()
    payer = await purse(ground.city, 9_000)
    for paid, _ in (broken, whole):
        await pay(ground.city, payer, 1_000, paid)
    day, payees = await ground.next_day(), ground.city.db["settlement_payees"]
    row = await payees.find_one({"_id": broken[1].id})
    assert row is not None
    await payees.update_one({"_id": broken[1].id}, {"$set": {"account.number": b"unreadable"}})
    done = await ground.rooms.settling.settle(day)
    assert (done.failed, (await ground.newest(whole[1])).state) == (1, SettlementState.PAID)
    assert await ground.rooms.settlements.day(day) is None
    await payees.replace_one({"_id": broken[1].id}, row)
    assert (await ground.rooms.settling.settle(day)).failed == 0
    assert (await ground.newest(broken[1])).state is SettlementState.PAID
    assert await ground.rooms.settlements.day(day) is not None


async def test_what_is_owed_to_the_city_makes_no_settlement_of_its_own_each_day(ground: Ground) -> None:
    paid, payee = await ground.payee()
    payment = await pay(ground.city, await purse(ground.city, 4_000), 4_000, paid)
    await ground.settle()
    await ground.refund(payment.id, 4_000)
    for _ in range(3):
        await ground.settle()
    one = await ground.newest(payee)
    assert (one.seq, one.total, one.state, one.carried_into) == (2, -4_000, SettlementState.CARRIED, None)
