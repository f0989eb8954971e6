"""Rows that the first payment of a day makes and all others change: whoever began a moment too early looks again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.mongo import Tx, command_log
from app.domains.payment.ledger.model import wallet
from app.domains.payment.payments.model import Purpose
from app.domains.payment.risk.store import RiskStore
from app.domains.payment.spending.model import SpendingDay, Strength
from app.domains.payment.spending.store import SpendingStore
from app.wiring import City
from tests.conftest import Fakes
from tests.support.paying import lies_on, pay, purse, shop, takings

Work = Callable[[Tx], Awaitable[object]]
_LATER = datetime(2027, 1, 1, tzinfo=UTC)


async def overtaken(city: City, work: Work) -> None:
    """The same twice: one has begun its transaction when the other begins and commits."""
    begun, overtook = asyncio.Event(), asyncio.Event()

    async def late(tx: Tx) -> None:
        await city.db["payments"].find_one({"_id": "none"}, session=tx)  # from here on it sees what was there then
        begun.set()
        await overtook.wait()
        await work(tx)

    waiting = asyncio.create_task(city.db.transaction(late))
    await begun.wait()
    await city.db.transaction(work)
    overtook.set()
    await waiting


async def test_of_two_who_begin_a_day_of_spending_both_count(shared_city: tuple[City, Fakes]) -> None:
    city, citizen = shared_city[0], new_id()
    store, day = SpendingStore(city.db), SpendingDay.empty(citizen, civil_day(_LATER))
    await overtaken(city, lambda tx: store.take(day, 100, Strength.STATIC, 1, tx))
    found = await store.day(citizen, day.day)
    assert (found.spent[Strength.STATIC], found.unasked) == (200, 2)


async def test_of_two_who_begin_a_window_of_a_rule_both_count(shared_city: tuple[City, Fakes]) -> None:
    city, counter = shared_city[0], new_id()
    store = RiskStore(city.db)
    await overtaken(city, lambda tx: store.count(counter, "somebody", 7, _LATER, tx))
    assert await city.db.transaction(lambda tx: store.used([counter], tx)) == {counter: 14}


async def test_the_first_payments_of_a_day_all_at_once_all_come_about(shared_city: tuple[City, Fakes]) -> None:
    city, payee = shared_city[0], shop()
    payer = await purse(city, 1_000)
    done = await asyncio.gather(*(pay(city, payer, 100, payee, purpose=Purpose.STATIC_CODE) for _ in range(4)))
    assert len({one.id for one in done}) == 4
    assert (await lies_on(city, wallet(payer)), await lies_on(city, takings(payee))) == (600, 400)


async def test_a_payees_account_is_opened_once_however_much_he_is_paid(shared_city: tuple[City, Fakes]) -> None:
    city, payee = shared_city[0], shop()
    payers = [await purse(city, 100) for _ in range(2)]
    sent: list[list[str]] = [[], []]
    for payer, commands in zip(payers, sent, strict=True):
        token = command_log.set(commands)
        await pay(city, payer, 100, payee)
        command_log.reset(token)
    assert await city.db["ledger_accounts"].find_one({"_id": takings(payee).id}) is not None
    assert sent[1].count("update") == sent[0].count("update") - 1
