"""Settlements killed while they pay partners for points: each is paid once, points and yuan together or not at all."""

from __future__ import annotations

import asyncio
import random
from datetime import date

import pytest

from app.core.clock import civil_day
from app.core.said import Said
from app.domains.payment.ledger.model import BUDGET, REDEEMED, Account, AccountKind
from app.domains.payment.payments.model import Method
from app.domains.payment.points.model import POINT
from app.domains.payment.settlement.redemptions.model import takings_of
from app.wiring import City, build
from tests.faults.conftest import Found
from tests.support.fakes import MovableClock
from tests.support.paying import collector, desk, lies_on, pay, shop
from tests.support.processes import CityProcesses

PARTNERS, KILLS = 60, 4
YUAN = "0.0125"


async def _taken(city: City) -> dict[str, int]:
    """Points that partners took today, by partner."""
    taken = {}
    for _ in range(PARTNERS):
        paid, points = shop(), random.randrange(80, 500)
        rooms = city.services.payment.points
        await rooms.partners.put(desk(), paid.id, 80, Said("套餐"))
        await rooms.rates.put(desk(), paid.id, civil_day(city.clock.now()), YUAN, "年度协议")
        payer = await collector(city, points * POINT)
        await pay(city, payer, points * POINT, paid, method=Method.POINTS)
        taken[paid.id] = points
    return taken


async def _redeemed(city: City) -> int:
    return await city.db["point_redemptions"].count_documents({})


async def _killed_at_work(processes: CityProcesses, city: City, day: date) -> list[int]:
    """How many partners were paid when each process was killed, two of them at work at a time."""
    reached = []
    for turn in range(KILLS):
        settlers = [processes.script("tests.faults.point_settlers", day.isoformat()) for _ in range(2)]
        before = await _redeemed(city)
        async with asyncio.timeout(90):
            while await _redeemed(city) < min(before + 2 + turn, PARTNERS):  # noqa: ASYNC110  (of other processes)
                await asyncio.sleep(0.005)
        for settler in settlers:
            settler.kill()
        reached.append(await _redeemed(city))
    return reached


async def _whole(later: City, taken: dict[str, int]) -> int:
    """Whatever is there is there whole: row, points, yuan and settlement. How many there are."""
    rows = {row["organisation"] async for row in later.db["point_redemptions"].find({})}
    for organisation in taken:
        paid = organisation in rows
        left = await lies_on(later, takings_of(organisation))
        owed = await lies_on(later, Account(AccountKind.MERCHANT, organisation))
        settled = await later.db["settlements"].count_documents({"payee": f"merchant:{organisation}"})
        assert ((left == 0), (owed > 0), settled) == (paid, paid, int(paid))
    return len(rows)


async def _settled(later: City, day: date) -> None:
    """To the end: what the dead had begun is let go of by the database in a moment."""
    async with asyncio.timeout(90):
        while await _redeemed(later) < PARTNERS:
            await later.services.payment.settlement.settling.settle(day)


@pytest.mark.timeout(420)
async def test_partners_are_paid_once_whenever_their_settlement_dies(found: Found, database_uri: str) -> None:
    processes, town = await found(database_uri)
    city, clock = town.city, MovableClock()
    clock.advance(days=1, minutes=10)
    taken, day = await _taken(city), civil_day(city.clock.now())
    later = build(processes.settings(), clock=clock)
    await later.start(follow=False, prepared=True)
    reached = await _killed_at_work(processes, city, day)
    there = await _whole(later, taken)
    await _settled(later, day)
    print(f"\npartners paid for points when two settlements were killed: {reached}; whole: {there}; then all")
    assert await _whole(later, taken) == PARTNERS == await later.db["point_redemptions"].count_documents({})
    owed = {one: await lies_on(later, Account(AccountKind.MERCHANT, one)) for one in taken}
    assert owed == {one: (points * 125 + 50) // 100 for one, points in taken.items()}
    assert await lies_on(later, REDEEMED) == sum(taken.values()) * POINT
    assert await lies_on(later, BUDGET) == sum(owed.values())
    verdict = await later.services.payment.proof.verify()
    assert verdict.faults == ()
    await later.tallies.stop()
    await later.db.close()
