"""A day of the gateway: compared, its differences worked, closed; and what comes late comes up with the next."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from app.bridges.leaving import MoneyUnderWay
from app.core.clock import civil_day
from app.core.errors import Outcome, Unavailable
from app.core.ids import new_id
from app.core.paging import PageRequest
from app.domains.payment.gateway.model import DayFile
from app.domains.payment.gateway.orders.model import OrderState
from app.domains.payment.ledger.model import GATEWAY, LOSSES, SUSPENSE, TransferKind, Wanted, credit, debit, wallet
from app.domains.payment.payments.model import Method
from app.domains.payment.reconciliation.differences.errors import DifferenceChanged, DifferenceNeedsAnother
from app.domains.payment.reconciliation.differences.model import Difference, DifferenceState, Remedy
from app.domains.payment.reconciliation.errors import (
    DayChanged,
    DayClosed,
    DayHasOpenDifferences,
    DayNotOver,
    DayNotReconciled,
    DayUnknown,
)
from app.domains.payment.reconciliation.files.errors import GatewayFileMalformed, GatewayFileMissing
from app.domains.payment.reconciliation.files.model import HEAD
from app.domains.payment.reconciliation.matching.model import EntryKind, What
from app.domains.payment.reconciliation.model import MOST_BACK, Day, DayState, bounds
from tests.conftest import Databases
from tests.support.paying import desk, lies_on, pay, purse, shop
from tests.support.scans import scans_forbidden
from tests.support.settling import Ground, ground_of

_ALL = PageRequest(100)


@pytest.fixture(scope="module")
async def ground(databases: Databases) -> AsyncIterator[Ground]:
    async with ground_of(databases) as ground:
        yield ground


class TheDay:
    """A day on which payments are made at the gateway, and its file as the gateway would write it."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.day = civil_day(ground.clock.now())
        self.lines: list[tuple[Any, ...]] = []

    async def paid(self, fen: int, *, heard: bool = True, listed: bool = True) -> str:
        """A payment at the gateway's page: its reference."""
        city = self.ground.city
        payment = await pay(city, await purse(city), fen, shop(), method=Method.GATEWAY)
        await city.services.payment.orders.open(payment.id)
        self.ground.gateway.pay(payment.id)
        if heard:
            await city.services.payment.orders.look(payment.id)
        if listed:
            self.line(payment.id, fen)
        return payment.id

    def line(self, reference: str, fen: int, kind: str = "order", at: datetime | None = None) -> None:
        begins = bounds(self.day)[0]
        moment = (at or begins + timedelta(hours=12)).isoformat()
        state = "paid" if kind == "order" else "done"
        self.lines.append((kind, reference, f"{kind[0].upper()}{reference}", fen, 2, state, moment))

    def file(self, *, complete: bool = True) -> None:
        text = "\n".join(",".join(map(str, row)) for row in (HEAD, *self.lines))
        self.ground.gateway.files[self.day] = DayFile(self.day, text.encode(), complete)

    async def compare(self) -> Day:
        self.file()
        return await self.ground.rooms.comparison.compare(self.day)

    async def over(self) -> Day:
        """Midnight has passed, and the file is there."""
        self.ground.clock.advance(days=1)
        return await self.compare()

    async def differences(self) -> list[Difference]:
        return list((await self.ground.rooms.differences.of_day(self.day, _ALL)).items)

    async def close(self) -> None:
        await self.ground.rooms.days.close(desk(), self.day, new_id())

    async def resolve(self, one: Difference, remedy: Remedy) -> Difference:
        clerk, rooms = desk(), self.ground.rooms
        await rooms.differences.take(clerk, one.id, new_id())
        return await rooms.differences.resolve(clerk, one.id, remedy, "查清了", new_id())


async def test_a_day_on_which_all_is_alike_is_closed(ground: Ground) -> None:
    day = TheDay(ground)
    for fen in (1_000, 2_500):
        await day.paid(fen)
    compared = await day.over()
    tally = compared.tallies[EntryKind.ORDER]
    assert (tally.theirs, tally.theirs_fen, tally.fees_fen, tally.ours, tally.ours_fen, tally.matched) == (
        2,
        3_500,
        4,
        2,
        3_500,
        2,
    )
    await day.close()
    with pytest.raises(DayClosed):
        await day.close()
    with pytest.raises(DayClosed):
        await day.compare()


async def test_every_kind_of_difference_is_found_and_no_other(ground: Ground) -> None:
    day = TheDay(ground)
    await day.paid(1_000)
    lost = await day.paid(2_000, heard=False)
    missing = await day.paid(3_000, listed=False)
    other = await day.paid(4_000, listed=False)
    day.line(other, 3_900)
    twice = await day.paid(5_000)
    day.line(twice, 5_000)
    strange = new_id()
    day.line(strange, 700, kind="payout")
    compared = await day.over()
    seen = {one.reference: (one.what, one.gap) for one in await day.differences()}
    assert seen == {
        lost: (What.STATE_DIFFERS, 2_000),
        missing: (What.MISSING_THERE, -3_000),
        other: (What.AMOUNT_DIFFERS, -100),
        twice: (What.TWICE_THERE, 5_000),
        strange: (What.MISSING_HERE, -700),
    }
    assert compared.theirs_net - compared.ours_net == sum(gap for _, gap in seen.values())
    assert (await day.compare()).tallies == compared.tallies
    assert {one.reference for one in await day.differences()} == set(seen)


async def test_a_day_with_open_differences_is_not_closed_until_each_is_put_right(ground: Ground) -> None:
    day = TheDay(ground)
    missing = await day.paid(3_000, listed=False)
    day.line(new_id(), 800)
    await day.over()
    with pytest.raises(DayHasOpenDifferences) as refused:
        await day.close()
    assert refused.value.open == 2
    gateway, suspense, losses = [await lies_on(ground.city, one) for one in (GATEWAY, SUSPENSE, LOSSES)]
    for one in await day.differences():
        await day.resolve(one, Remedy.LOSSES if one.reference == missing else Remedy.SUSPENSE)
    assert await lies_on(ground.city, GATEWAY) == gateway - 3_000 + 800
    assert await lies_on(ground.city, SUSPENSE) == suspense + 800
    assert await lies_on(ground.city, LOSSES) == losses + 3_000
    await day.compare()
    assert {one.state for one in await day.differences()} == {DifferenceState.RESOLVED}
    await day.close()


async def test_a_lost_notice_is_made_up_for_by_asking_the_gateway(ground: Ground) -> None:
    day = TheDay(ground)
    lost = await day.paid(2_000, heard=False)
    await day.over()
    (one,) = await day.differences()
    right = await ground.rooms.differences.look_again(desk(), one.id)
    assert (right.reference, right.state) == (lost, DifferenceState.RESOLVED)
    assert right.resolution is not None
    assert right.resolution.remedy is Remedy.CAME_RIGHT
    await day.close()


async def test_what_came_in_for_nothing_goes_to_the_payers_wallet(ground: Ground) -> None:
    day = TheDay(ground)
    await day.paid(2_000, heard=False)
    await day.over()
    (one,) = await day.differences()
    assert one.citizen is not None
    await day.resolve(one, Remedy.WALLET)
    assert await lies_on(ground.city, wallet(one.citizen)) == 2_000


async def test_nobody_leaves_while_another_sum_than_asked_for_is_not_put_right(ground: Ground) -> None:
    day, room = TheDay(ground), ground.city.services.payment
    payment = await pay(ground.city, await purse(ground.city), 1_000, shop(), method=Method.GATEWAY)
    await room.orders.open(payment.id)
    ground.gateway.pay(payment.id, 900)
    assert (await room.orders.look(payment.id)).state is OrderState.MISMATCH
    day.line(payment.id, 900)
    under_way = MoneyUnderWay(
        room.orders, room.gateway_refunds, room.payouts, room.refunds, room.settlement.differences
    )
    assert await under_way.of(payment.payer, None)
    await day.over()
    (one,) = await day.differences()
    assert await under_way.of(payment.payer, None)
    await day.resolve(one, Remedy.WALLET)
    assert not await under_way.of(payment.payer, None)
    assert await lies_on(ground.city, wallet(payment.payer)) == 900  # which hinders by itself


async def test_what_comes_right_after_it_was_put_right_comes_up_again(ground: Ground) -> None:
    day = TheDay(ground)
    lost = await day.paid(2_000, heard=False)
    await day.over()
    (one,) = await day.differences()
    await day.resolve(one, Remedy.SUSPENSE)
    await day.close()
    following = TheDay(ground)
    await ground.city.services.payment.orders.look(lost)
    await following.over()
    (again,) = await following.differences()
    assert (again.reference, again.what, again.gap) == (lost, What.CORRECTED_ALREADY, -2_000)
    suspense = await lies_on(ground.city, SUSPENSE)
    await following.resolve(again, Remedy.SUSPENSE)
    assert await lies_on(ground.city, SUSPENSE) == suspense - 2_000
    await following.close()


async def test_lines_that_are_added_to_a_closed_day_come_up_with_the_next(ground: Ground) -> None:
    day = TheDay(ground)
    await day.paid(1_000)
    await day.over()
    await day.close()
    late = new_id()
    day.line(late, 900)
    day.file()
    following = TheDay(ground)
    compared = await following.over()
    (one,) = await following.differences()
    assert (compared.late, one.reference, one.what) == (1, late, What.MISSING_HERE)
    assert await day.differences() == []


async def test_around_midnight_the_two_sides_may_be_of_different_days(ground: Ground) -> None:
    """Told a moment after midnight of what was paid a moment before, or the other way round."""
    clock = ground.clock
    until = bounds(civil_day(clock.now()))[1] - clock.now()
    clock.ahead += until - timedelta(minutes=5)
    day = TheDay(ground)
    early = await day.paid(1_000, listed=False)
    late = await day.paid(2_000, heard=False, listed=False)
    day.line(late, 2_000, at=bounds(day.day)[1] - timedelta(seconds=1))
    clock.advance(minutes=6)
    following = TheDay(ground)
    await ground.city.services.payment.orders.look(late)
    following.line(early, 1_000, at=bounds(following.day)[0])
    await day.compare()
    await following.over()
    assert (await day.differences(), await following.differences()) == ([], [])


async def test_a_large_difference_needs_two_and_is_booked_once(ground: Ground) -> None:
    day = TheDay(ground)
    await day.paid(200_000, listed=False)
    await day.over()
    (one,) = await day.differences()
    rooms, clerk, losses = ground.rooms, desk(), await lies_on(ground.city, LOSSES)
    await rooms.differences.take(clerk, one.id, new_id())
    proposed = await rooms.differences.resolve(clerk, one.id, Remedy.LOSSES, "银行确认未到账", new_id())
    assert (proposed.state, await lies_on(ground.city, LOSSES)) == (DifferenceState.PROPOSED, losses)
    with pytest.raises(DayHasOpenDifferences):
        await day.close()
    with pytest.raises(DifferenceNeedsAnother):
        await rooms.differences.approve(clerk, one.id, new_id())
    heads = await asyncio.gather(
        *(rooms.differences.approve(desk(), one.id, new_id()) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(answer, Difference) for answer in heads) == 1
    assert all(isinstance(answer, Difference | DifferenceChanged) for answer in heads)
    assert await lies_on(ground.city, LOSSES) == losses + 200_000
    await day.close()


async def test_a_day_is_not_closed_while_it_is_compared_or_a_difference_is_put_right(ground: Ground) -> None:
    """Whatever wins, no closed day has an open difference, and nothing is booked to a closed day."""
    for _ in range(4):
        day = TheDay(ground)
        await day.paid(1_000)
        await day.over()
        day.line(new_id(), 400)
        day.file()
        compare = ground.rooms.comparison.compare(day.day)
        closed, compared = await asyncio.gather(day.close(), compare, return_exceptions=True)
        for answer in (closed, compared):
            assert not isinstance(answer, BaseException) or isinstance(answer, Outcome)
        state = await ground.rooms.days.one(day.day)
        assert state is not None
        assert state.day.closed_at is None or state.unresolved == 0
        if state.day.closed_at is None:
            with pytest.raises((DayHasOpenDifferences, DayChanged)):
                await day.close()


async def test_a_day_that_cannot_be_compared_says_why(ground: Ground) -> None:
    day, rooms = TheDay(ground), ground.rooms
    with pytest.raises(DayNotOver):
        await rooms.comparison.compare(day.day)
    with pytest.raises(DayUnknown):
        await rooms.days.close(desk(), date(2020, 1, 1), new_id())
    ground.clock.advance(days=1)
    with pytest.raises(GatewayFileMissing):
        await rooms.comparison.compare(day.day)
    ground.gateway.files[day.day] = DayFile(day.day, b"nonsense", True)
    with pytest.raises(GatewayFileMalformed):
        await rooms.comparison.compare(day.day)
    shown = await rooms.days.one(day.day)
    assert shown is not None
    assert shown.day.fault == "GATEWAY_FILE_MALFORMED"
    with pytest.raises(DayNotReconciled):
        await day.close()
    day.file(complete=False)
    await rooms.comparison.compare(day.day)
    with pytest.raises(DayNotReconciled):
        await day.close()
    ground.gateway.down = True
    try:
        with pytest.raises(Unavailable):
            await rooms.comparison.compare(day.day)
    finally:
        ground.gateway.down = False
    await day.compare()
    await day.close()


async def test_the_daily_round_compares_what_is_not_closed_and_makes_up_for_what_was_missed(ground: Ground) -> None:
    first = TheDay(ground)
    await first.paid(1_000)
    ground.clock.advance(days=1)
    second = TheDay(ground)
    await second.paid(2_000)
    ground.clock.advance(days=1)
    first.file()
    second.file()
    done = {day.day for day in await ground.rooms.comparison.run()}
    assert {first.day, second.day} <= done


async def test_neither_comparing_nor_settling_reads_through_a_collection(ground: Ground) -> None:
    day, rooms = TheDay(ground), ground.rooms
    paid = await ground.payee()
    await pay(ground.city, await purse(ground.city, 900), 900, paid[0])
    await day.paid(1_000, heard=False)
    ground.clock.advance(days=1, minutes=5)
    day.file()
    async with scans_forbidden(ground):
        await rooms.comparison.run()
        await rooms.settling.run()
        await rooms.days.page(_ALL)
        for one in await day.differences():
            await day.resolve(one, Remedy.SUSPENSE)
        await rooms.differences.still_open(_ALL)
        await day.close()
        assert (await rooms.settlements.days(_ALL)).items
        assert (await ground.newest(paid[1])).total == 900


async def test_days_that_stay_open_for_long_keep_no_new_day_from_being_compared(ground: Ground) -> None:
    store = ground.rooms.comparison._days
    first, rows = date(2001, 1, 1), ground.city.db["gateway_days"]
    for ahead in range(MOST_BACK + 5):
        await store.begin(first + timedelta(days=ahead))
    waiting, newest = first + timedelta(days=2), first + timedelta(days=MOST_BACK + 4)
    others = {"_id": {"$lt": "2002", "$ne": waiting.isoformat()}}
    await rows.update_many(others, {"$set": {"state": DayState.OPEN.value}})
    found = await store.not_closed(newest, MOST_BACK)
    assert found == [waiting, *(newest - timedelta(days=back) for back in reversed(range(MOST_BACK - 1)))]
    await rows.delete_many({"_id": {"$lt": "2002"}})


async def test_a_day_is_not_closed_over_lines_that_are_kept_and_not_looked_at(ground: Ground) -> None:
    """Whoever compares stops midway, and another begins: only who has the day says that it was compared."""
    ground.clock.advance(days=1)  # payouts of the settlements before are of another day
    day = TheDay(ground)
    await day.paid(1_000)
    compared = await day.over()
    store = ground.rooms.comparison._days
    begun = await store.start(compared)
    assert begun is not None
    with pytest.raises(DayNotReconciled):
        await day.close()
    strange = new_id()
    day.line(strange, 400)
    await day.compare()
    assert not await store.compared(begun)
    assert not await ground.city.db.transaction(lambda tx: store.touch(begun, tx))
    with pytest.raises(DayHasOpenDifferences):
        await day.close()
    assert [one.reference for one in await day.differences()] == [strange]


async def test_what_many_compare_at_once_while_it_is_closed_is_noted_sooner_or_later(ground: Ground) -> None:
    ground.clock.advance(days=1)  # payouts of the settlements before are of another day
    for _ in range(3):
        day = TheDay(ground)
        await day.paid(1_000)
        await day.over()
        strange = new_id()
        day.line(strange, 400)
        day.file()
        compare = ground.rooms.comparison.compare
        await asyncio.gather(compare(day.day), day.close(), compare(day.day), return_exceptions=True)
        following = TheDay(ground)
        await following.over()
        noted = [*await day.differences(), *await following.differences()]
        assert [one.reference for one in noted] == [strange]
        await day.resolve(noted[0], Remedy.SUSPENSE)


async def test_what_is_booked_at_midnight_belongs_to_the_day_that_begins(ground: Ground) -> None:
    clock, first = ground.clock, civil_day(ground.clock.now())
    midnight = bounds(first)[1]
    payer = await purse(ground.city)
    before = await ground.rooms.days.booked(first)
    transfer = Wanted(new_id(), TransferKind.TOP_UP, (debit(GATEWAY, 700), credit(wallet(payer), 700)))
    await ground.city.db.transaction(lambda tx: ground.city.services.payment.ledger.post(transfer, tx))
    await ground.city.db["ledger_postings"].update_many(
        {"account": GATEWAY.id, "transfer": transfer.id}, {"$set": {"at": midnight}}
    )
    clock.advance(days=1)
    assert await ground.rooms.days.booked(first) == before
    assert await ground.rooms.days.booked(first + timedelta(days=1)) == 700
