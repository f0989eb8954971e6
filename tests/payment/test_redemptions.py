"""Partners are paid in yuan for the points they take: once a day, at the day's rate, with their settlement."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import civil_day
from app.core.errors import BadInput
from app.core.ids import new_id
from app.core.money import Currency
from app.core.mongo import Tx
from app.core.paging import PageRequest
from app.core.said import Said
from app.domains.payment.ledger.model import BUDGET, REDEEMED, TransferKind, imbalance, points
from app.domains.payment.payments.model import Method, PayeeKind
from app.domains.payment.payments.model import Payee as Paid
from app.domains.payment.points.model import POINT
from app.domains.payment.points.partners.errors import PointPartnerUnknown
from app.domains.payment.points.rates.errors import PointRateInForce
from app.domains.payment.points.rates.model import Rate, units_of, worth, yuan_of
from app.domains.payment.settlement.model import Payee, SettlementState
from app.domains.payment.settlement.redemptions.model import Part, Redemption, Taken, parts_of, takings_of
from app.domains.payment.settlement.redemptions.store import RedemptionStore
from tests.conftest import Databases
from tests.support.paying import collector, desk, keeper, lies_on, pay, purse
from tests.support.settling import Ground, ground_of

ALL = PageRequest(100)
DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
async def ground(databases: Databases) -> AsyncIterator[Ground]:
    async with ground_of(databases) as ground:
        yield ground


async def partner(ground: Ground, yuan: str | None = "0.0125") -> tuple[Paid, Payee]:
    """A merchant with a bank account that takes points, and what the city pays it for one."""
    paid, payee = await ground.payee()
    rooms = ground.city.services.payment.points
    await rooms.partners.put(desk(), paid.id, 80, Said("套餐", "A set lunch"))
    if yuan is not None:
        await rate(ground, paid, yuan)
    return paid, payee


async def rate(ground: Ground, paid: Paid, yuan: str, ahead: int = 0) -> Rate:
    day = civil_day(ground.clock.now()) + timedelta(days=ahead)
    return await ground.city.services.payment.points.rates.put(desk(), paid.id, day, yuan, "年度协议")


async def took(ground: Ground, paid: Paid, number: int) -> str:
    """So many points, of somebody; the payment."""
    citizen = await collector(ground.city, number * POINT)
    return (await pay(ground.city, citizen, number * POINT, paid, method=Method.POINTS)).id


async def redeemed(ground: Ground, paid: Paid) -> list[Redemption]:
    return list((await ground.rooms.redeeming.page(paid.id, ALL)).items)


async def lies(ground: Ground, paid: Paid) -> tuple[int, int]:
    """Points that it was not paid for, and yuan that are owed to it, in hundredths."""
    payee = Payee(paid.kind, paid.id)
    return await lies_on(ground.city, takings_of(paid.id)), await lies_on(ground.city, payee.account)


async def test_points_of_a_day_are_paid_out_in_yuan_the_day_after_less_what_went_back(ground: Ground) -> None:
    paid, payee = await partner(ground)
    before = await lies_on(ground.city, REDEEMED), await lies_on(ground.city, BUDGET)
    await pay(ground.city, await purse(ground.city, 10_000), 10_000, paid, fee=60)
    await took(ground, paid, 960)
    await ground.refund(await took(ground, paid, 100), 40 * POINT)
    await ground.settle()
    one = await ground.newest(payee)
    by_kind = {line.kind: (line.count, line.gross, line.fee) for line in one.lines}
    assert by_kind == {TransferKind.PAYMENT: (1, 10_000, 60), TransferKind.REDEMPTION: (3, 1_275, 0)}  # 1,020 points
    assert (one.total, one.state) == (9_940 + 1_275, SettlementState.PAID)
    assert ground.gateway.payouts[one.payout or ""][1].fen == one.total
    assert await lies(ground, paid) == (0, 0)
    after = await lies_on(ground.city, REDEEMED), await lies_on(ground.city, BUDGET)
    assert (after[0] - before[0], after[1] - before[1]) == (1_020 * POINT, 1_275)
    await ground.settle()
    assert [(row.points, row.fen) for row in await redeemed(ground, paid)] == [(1_020 * POINT, 1_275)]
    assert (await ground.newest(payee)).id == one.id  # what was paid for points is no income of the next day


async def test_many_workers_and_repeats_pay_for_a_day_once(ground: Ground) -> None:
    shops = [await partner(ground) for _ in range(3)]
    for paid, _ in shops:
        await took(ground, paid, 400)
    day = await ground.next_day()
    await asyncio.gather(*(ground.rooms.settling.settle(day) for _ in range(4)))
    await ground.rooms.settling.settle(day)
    for paid, payee in shops:
        assert [row.fen for row in await redeemed(ground, paid)] == [500]
        assert (await ground.newest(payee)).total == 500
        assert await lies(ground, paid) == (0, 0)


async def test_a_settlement_that_falls_midway_leaves_neither_points_nor_yuan_behind(ground: Ground) -> None:
    paid, payee = await partner(ground)
    await took(ground, paid, 400)
    day = await ground.next_day()
    due = await ground.rooms.redeeming.due(paid.id, day)
    assert due is not None

    async def fall(tx: Tx) -> None:
        await ground.rooms.redeeming.enter(due, tx)
        raise RuntimeError("pulled out")

    with pytest.raises(RuntimeError):
        await ground.city.db.transaction(fall)
    assert (await lies(ground, paid), await redeemed(ground, paid)) == ((400 * POINT, 0), [])
    await ground.rooms.settling.settle(day)
    assert ((await ground.newest(payee)).total, await lies(ground, paid)) == (500, (0, 0))


async def test_what_is_given_back_later_counts_at_the_rate_it_was_taken_at(ground: Ground) -> None:
    paid, payee = await partner(ground, "0.0200")
    old = await took(ground, paid, 100)
    await rate(ground, paid, "0.0100", ahead=1)
    await ground.settle()
    assert (await ground.newest(payee)).total == 200
    await ground.refund(old)
    await took(ground, paid, 150)
    await ground.settle()
    newest = (await redeemed(ground, paid))[0]
    assert {(part.units, part.count, part.points) for part in newest.parts} == {
        (100, 1, 150 * POINT),
        (200, 1, -100 * POINT),
    }
    assert (newest.points, newest.fen) == (50 * POINT, 150 - 200)  # more points came than went, and fewer yuan
    owing = await ground.newest(payee)
    assert (owing.total, owing.state) == (-50, SettlementState.CARRIED)
    assert await lies(ground, paid) == (0, -50)
    await took(ground, paid, 80)
    await ground.settle()
    even = await ground.newest(payee)
    assert (even.carried, even.total, even.state, await lies(ground, paid)) == (-50, 30, SettlementState.PAID, (0, 0))


async def test_who_has_no_rate_waits_and_is_paid_for_all_of_it_when_there_is_one(ground: Ground) -> None:
    paid, payee = await partner(ground, None)
    await pay(ground.city, await purse(ground.city, 700), 700, paid)
    await took(ground, paid, 100)
    await ground.settle()
    assert ((await ground.newest(payee)).total, await ground.rooms.redeeming.waiting(paid.id)) == (700, 100 * POINT)
    await took(ground, paid, 60)
    await rate(ground, paid, "0.01")  # from today on: what was taken before waits for a rate of its own days
    await ground.settle()
    assert await redeemed(ground, paid) == []
    late, other = await partner(ground, None)
    await took(ground, late, 100)
    await ground.next_day()
    await rate(ground, late, "0.01", ahead=-1)
    await ground.settle()
    assert ((await ground.newest(other)).total, await lies(ground, late)) == (100, (0, 0))


async def test_a_partner_reads_how_many_points_it_was_paid_for(ground: Ground) -> None:
    paid, _ = await partner(ground)
    await took(ground, paid, 960)
    await ground.settle()
    today = civil_day(ground.clock.now())
    mine, rooms = keeper(paid.id), ground.rooms.statements
    (row,) = (await rooms.page(mine, PayeeKind.MERCHANT, today, today, ALL)).items[-1:]
    assert (row.kind, row.points, row.gross, row.fee, row.payment) == (
        TransferKind.REDEMPTION,
        960 * POINT,
        1_200,
        0,
        None,
    )
    last = (await rooms.file(mine, PayeeKind.MERCHANT, today, today)).strip().splitlines()[-1]
    assert last.split(",")[1:] == ["redemption", "", "", "12.00", "0.00", "12.00", "", "960"]


async def test_a_rate_that_is_in_force_is_not_changed_and_a_later_one_is(ground: Ground) -> None:
    paid, _ = await partner(ground, "0.0100")
    rates = ground.city.services.payment.points.rates
    with pytest.raises(PointRateInForce):
        await rate(ground, paid, "0.0200")
    with pytest.raises(PointRateInForce):  # nor by one that would have begun before it
        await rate(ground, paid, "0.0200", ahead=-1)
    assert (await rate(ground, paid, "0.01")).units == 100  # a repeat
    assert (await rate(ground, paid, "0.0200", ahead=2)).units == 200
    assert (await rate(ground, paid, "0.0300", ahead=2)).units == 300
    assert [one.units for one in await rates.of(paid.id)] == [300, 100]
    today = await rates.today(paid.id)
    assert today is not None
    assert str(today.yuan) == "0.0100"
    ground.clock.advance(days=2)
    assert [one.units for one in (await rates.today(paid.id),) if one] == [300]
    with pytest.raises(PointPartnerUnknown):
        await rates.put(desk(), "nobody", DAY, "0.01", "年度协议")
    (row,) = await ground.city.db["audit"].find({"action": "points.rate_put", "target": today.id}).to_list(None)
    assert (row["facts"], today.reason) == ({"yuan": "0.0100"}, "年度协议")


async def test_of_first_rates_that_are_set_at_once_one_is_in_force(ground: Ground) -> None:
    for _ in range(3):
        paid, _ = await partner(ground, None)
        wishes = [rate(ground, paid, f"0.0{n}", ahead=-n) for n in range(1, 5)]
        done = await asyncio.gather(*wishes, return_exceptions=True)
        assert sum(isinstance(one, Rate) for one in done) == 1, done
        assert len(await ground.city.services.payment.points.rates.of(paid.id)) == 1


async def test_whatever_is_taken_and_given_back_the_ledger_is_sound_and_owes_what_the_settlements_say(
    ground: Ground,
) -> None:
    paid, payee = await partner(ground, "0.0133")
    taken: list[str] = []
    for turn, number in enumerate((7, 31, 100, 13, 64, 250)):
        taken.append(await took(ground, paid, number))
        if turn % 2:
            await ground.refund(taken.pop(0), POINT * 3)
        if turn % 3 == 2:
            await ground.rooms.payees.stop(desk(), payee, "查询" if turn == 2 else None, new_id())
            await rate(ground, paid, f"0.01{turn}", ahead=1)
            await ground.settle()
    owed = await lies_on(ground.city, payee.account)
    made = (await ground.rooms.settlements.of_payee(payee, ALL)).items
    open_ = [one for one in made if one.carried_into is None and one.state is not SettlementState.PAID]
    assert sum(one.total for one in open_) == owed
    rows = await redeemed(ground, paid)
    assert sum(row.points for row in rows) == (7 + 31 + 100 + 13 + 64 + 250 - 3 * 3) * POINT
    ground.clock.advance(minutes=5)
    await ground.city.services.payment.folding.fold()
    verdict = await ground.city.services.payment.proof.verify()
    assert verdict.faults == ()


async def test_a_redemption_is_kept_as_it_was(ground: Ground) -> None:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    one = Redemption(f"shop-{new_id()}", DAY, 1, at, at + timedelta(days=1), (Part(125, 2, 300),), at)
    store = RedemptionStore(ground.city.db)
    await ground.city.db.transaction(lambda tx: store.add(one, tx))
    assert (await store.newest(one.organisation), await store.many([one.id])) == (one, [one])


# The rules


@pytest.mark.parametrize(("text", "units"), [("0.0125", 125), ("0.01", 100), ("1", 10_000), ("0.0001", 1)])
def test_a_rate_is_written_in_yuan_for_a_point(text: str, units: int) -> None:
    assert units_of(text) == units
    assert units_of(str(yuan_of(units))) == units


@pytest.mark.parametrize(
    "text", ["0", "0.0000", "1.0001", "-0.01", "0.00001", "1e-2", "", "0,01", "2", " 0.01", "０.01"]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        units_of(text)


@given(st.integers(-(10**9), 10**9).map(lambda points: points * POINT), st.integers(1, 10_000))
def test_points_come_to_whole_fen_and_to_as_much_back_as_forth(fen: int, units: int) -> None:
    assert worth(fen, units) == -worth(-fen, units)
    assert abs(worth(fen, units) * POINT * 100 - fen * units) <= POINT * 50


RATES = tuple(
    Rate("shop", DAY + timedelta(days=days), units, "", "", datetime(2026, 11, 1, tzinfo=UTC))
    for days, units in ((0, 125), (3, 80), (7, 200))
)
ENTRIES = st.lists(st.tuples(st.integers(0, 10), st.integers(1, 500)), min_size=1, max_size=12)


@given(ENTRIES, st.data())
def test_what_is_taken_and_given_back_whole_comes_to_nothing_whatever_the_rates(
    entries: list[tuple[int, int]], data: st.DataObject
) -> None:
    taken = [Taken(DAY + timedelta(days=day), points * POINT) for day, points in entries]
    back = data.draw(st.permutations([replace(one, points=-one.points) for one in taken]))
    parts = parts_of([*taken, *back], RATES)
    assert parts is not None
    assert all((part.points, part.fen) == (0, 0) for part in parts)
    assert sum(part.count for part in parts) == 2 * len(taken)


@given(ENTRIES)
def test_a_redemption_balances_in_each_currency_and_moves_what_its_parts_say(entries: list[tuple[int, int]]) -> None:
    signed = [
        Taken(DAY + timedelta(days=day), points * POINT * (-1) ** number)
        for number, (day, points) in enumerate(entries)
    ]
    at = datetime(2026, 12, 1, tzinfo=UTC)
    one = Redemption("shop", DAY, 1, at, at, parts_of(signed, RATES) or (), at)
    lines = [line for wanted in one.wanted for line in wanted.lines]
    assert not any(imbalance(lines).values())
    grown = {account: sum(line.grows for line in lines if line.account == account) for account in (REDEEMED, BUDGET)}
    assert grown == {REDEEMED: one.points, BUDGET: one.fen}
    assert {line.account.currency for line in lines} <= {Currency.CNY, Currency.POINTS}
    assert points("c").currency is Currency.POINTS


def test_what_was_taken_before_the_first_rate_waits() -> None:
    assert parts_of([Taken(DAY - timedelta(days=1), POINT)], RATES) is None
    assert parts_of([], RATES) == ()
