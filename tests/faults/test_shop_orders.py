"""Customers killed while they order, pay and cancel: nothing is missing from the shelf, and no fen from a wallet."""

from __future__ import annotations

import asyncio
from collections import Counter as Counted
from pathlib import Path

import pytest

from app.domains.community.shops.orders.model import OPEN, OrderState
from app.domains.payment.ledger.model import wallet
from app.wiring import City, build
from tests.faults.conftest import Found
from tests.support.fakes import MovableClock
from tests.support.paying import purse
from tests.support.processes import CityProcesses, Process
from tests.support.together_walk import PRICE, Counter, counter_of

STOCK, EACH, PURSES, KILLS = 10_000, 2_000_00, 30, 6


async def _writes(file: Path, more: int) -> None:
    """Until that process is at work."""
    async with asyncio.timeout(90):
        while _lines(file) < more:  # noqa: ASYNC110  (on another process)
            await asyncio.sleep(0.02)


def _lines(file: Path) -> int:
    return file.read_text().count("\n") if file.exists() else 0


async def _killed_at_work(processes: CityProcesses, shop: Counter, purses: list[str], folder: Path) -> int:
    """How many orders were answered by processes that were killed, one after the other, at no moment in particular."""
    answered = 0
    for turn in range(KILLS):
        file = folder / f"answers-{turn}.log"
        arguments = (shop.code, shop.dumplings, str(file), *purses)
        customers: Process = processes.script("tests.faults.shop_customers", *arguments)
        await _writes(file, 6 + turn)
        customers.kill()
        answered += _lines(file)
    return answered


async def _orders(city: City, shop: Counter) -> list[dict[str, object]]:
    return await city.db["shop_orders"].find({"shop": shop.code}).to_list(None)


def _taken(rows: list[dict[str, object]]) -> int:
    """From the shelf by orders that came to something, or still may."""
    states = {state.value for state in OPEN | {OrderState.DELIVERED}}
    return sum(line["count"] for row in rows if row["state"] in states for line in row["lines"])  # type: ignore[attr-defined]


@pytest.mark.timeout(420)
async def test_stock_and_money_are_right_whenever_customers_die(
    found: Found, database_uri: str, tmp_path: Path
) -> None:
    processes, town = await found(database_uri)
    city, clock = town.city, MovableClock()
    shop = await counter_of(city, stock=STOCK)
    purses = [await purse(city, EACH) for _ in range(PURSES)]
    answered = await _killed_at_work(processes, shop, purses, tmp_path)
    later = build(processes.settings(), clock=clock)
    await later.start(follow=False, prepared=True)
    ending, ledger = later.services.community.together.shopping.ending, city.services.payment.ledger

    async def money() -> int:
        return sum([(await ledger.balance(wallet(one))).posted.fen for one in purses])

    left = await _left_on_shelf(city, shop)
    clock.advance(minutes=20)  # nobody paid in time, and notes of the dead are looked at
    for _ in range(2):
        await asyncio.gather(ending.sweep(), ending.sweep())
    rows, paid = await _orders(city, shop), await money()
    states = Counted(str(row["state"]) for row in rows)
    print(f"\nshop orders: {answered} answers before {KILLS} kills, {STOCK - left} off the shelf, then {dict(states)}")
    assert states.keys() <= {"paid", "lapsed", "given_up", "cancelled"}
    assert await _left_on_shelf(city, shop) + _taken(rows) == STOCK
    assert paid + PRICE * _taken(rows) == EACH * PURSES
    assert not await city.db["shop_items"].find_one({"_id": shop.dumplings, "holds.0": {"$exists": True}})

    clock.advance(hours=2)  # no shop takes them up
    for _ in range(2):
        await ending.sweep()
    assert {str(row["state"]) for row in await _orders(city, shop)} <= {"refused", "lapsed", "given_up", "cancelled"}
    assert (await _left_on_shelf(city, shop), await money()) == (STOCK, EACH * PURSES)
    await later.tallies.stop()
    await later.db.close()


async def _left_on_shelf(city: City, shop: Counter) -> int:
    row = await city.db["shop_items"].find_one({"_id": shop.dumplings})
    assert row is not None
    return int(row["stock"])
