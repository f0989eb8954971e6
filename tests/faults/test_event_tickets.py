"""Crowds at the tickets: for the last places, on the waiting list, and of those who are paid back."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable
from contextlib import suppress

from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.tills.model import Means
from app.domains.life.culture.tickets.model import Purchase
from app.domains.payment.ledger.model import wallet
from tests.support.api import Api
from tests.support.culture import house_of
from tests.support.paying import holder, purse


async def test_two_hundred_want_the_last_ten_places_and_ten_have_them(shared_api: Api) -> None:
    put = await (await house_of(shared_api)).event(room=10)
    answers = await asyncio.gather(*(put.taken(new_id()) for _ in range(200)))
    assert Counter(type(one).__name__ for one in answers) == {"Purchase": 10, "TicketsSoldOut": 190}
    assert len({one.tickets[0].place for one in answers if isinstance(one, Purchase)}) == 10
    assert await put.free() == 0


async def test_a_cancelled_session_pays_everybody_back_once_however_often_its_round_dies(api: Api) -> None:
    """By portions: a round is broken off a few times, wherever it just is, and others run beside it."""
    city, house = api.city, await house_of(api)
    culture, price, has = city.services.life.culture, 20_00, 50_00
    put = await house.event(fen=price)
    buyers = [await purse(city, has) for _ in range(60)]
    for one in buyers:
        assert isinstance(await put.taken(one, means=Means.WALLET), Purchase)
    waits = new_id()
    await culture.staging.cancel(house.keeper, put.event, "演员生病", new_id())
    for pause in (0.05, 0.2, 0.4):
        rounds = [asyncio.create_task(culture.ending.round()) for _ in range(2)]
        await asyncio.sleep(pause)
        rounds[0].cancel()
        await asyncio.gather(*rounds[:1], return_exceptions=True)
        rounds[1].cancel()
        await asyncio.gather(*rounds, return_exceptions=True)
    await culture.ending.round()
    await culture.ending.round()
    ledger = city.services.payment.ledger
    assert {(await ledger.balance(wallet(one))).posted.fen for one in buyers} == {has}
    (run,) = await culture.ending.runs_of(put.event)
    assert (run.told, run.fen) == (60, 60 * price)
    assert type(await put.taken(waits)).__name__ == "EventSessionUnknown"


async def test_of_many_who_wait_each_place_is_one_s_whoever_gives_up_takes_and_leaves_at_once(shared_api: Api) -> None:
    """Ten places, forty who wait, and everything at once; in the end nobody holds what another does."""
    city, house = shared_api.city, await house_of(shared_api)
    waiting, tickets = city.services.life.culture.waiting, city.services.life.culture.tickets
    put = await house.event(room=10, return_hours=0, per_person=1)
    owners = [new_id() for _ in range(10)]
    bought = [await put.taken(one) for one in owners]
    crowd = [new_id() for _ in range(40)]
    waits = [(await waiting.join(holder(one), put.session, 1, new_id())).wait for one in crowd]

    async def quietly(work: Awaitable[object]) -> None:
        with suppress(Outcome):
            await work

    await asyncio.gather(
        *(quietly(tickets.give_back(holder(w), b.id, (), new_id())) for w, b in zip(owners, bought, strict=True)),
        *(quietly(waiting.leave(holder(one.citizen), one.id, new_id())) for one in waits[::4]),
        *(quietly(waiting.take(holder(one.citizen), one.id, None, new_id())) for one in waits),
        *(put.taken(new_id()) for _ in range(10)),
    )
    await city.services.life.culture.passing.sweep()
    rows = await city.db["event_places"].find({"session": put.session}).to_list(None)
    held = [row["purchase"] for row in rows]
    assert len(held) == 10
    assert None not in held
    offered = await city.db["ticket_waits"].find({"session": put.session, "state": "offered"}).to_list(None)
    kept = {f"{put.session}/{place}": row["_id"] for row in offered for place in row["places"]}
    good = await city.db["ticket_purchases"].find({"session": put.session, "state": "good"}).to_list(None)
    kept |= {f"{put.session}/{ticket['place']}": row["_id"] for row in good for ticket in row["tickets"]}
    assert kept == {row["_id"]: row["purchase"] for row in rows}
