"""Waiting for tickets: what comes free is one's, in order, for a time; and nothing is paid before it is taken."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core.clock import CITY_TIME
from app.core.errors import Outcome
from app.core.ids import new_id
from app.core.tills.model import Means
from app.domains.life.culture.tickets.errors import TicketsSoldOut
from app.domains.life.culture.tickets.model import PurchaseState, day_before
from app.domains.life.culture.waiting.model import WaitState, offered_until
from tests.support.api import Api
from tests.support.culture import STAGE, House, Put, house_of
from tests.support.fakes import MovableClock
from tests.support.paying import holder, purse
from tests.support.tills import balance, payer_of

YUAN = 100


@pytest.fixture(scope="session")
async def waited_house(shared_api: Api) -> House:
    return await house_of(shared_api)


async def joined(put: Put, citizen: str, count: int = 1) -> Any:
    """Straight at the service: the wait, or what it raises."""
    waiting = put.house.city.services.life.culture.waiting
    try:
        return (await waiting.join(holder(citizen), put.session, count, new_id())).wait
    except Outcome as refused:
        return refused


async def taken(put: Put, citizen: str, wait: str, means: Means | None = None) -> Any:
    try:
        return (
            await put.house.city.services.life.culture.waiting.take(holder(citizen), wait, means, new_id())
        ).purchase
    except Outcome as refused:
        return refused


async def state_of(put: Put, citizen: str, wait: str) -> WaitState:
    row = await put.house.city.db["ticket_waits"].find_one({"citizen": citizen, "_id": wait})
    assert row is not None
    return WaitState(row["state"])


async def given_back(put: Put, citizen: str, purchase: str) -> None:
    await put.house.city.services.life.culture.tickets.give_back(holder(citizen), purchase, (), new_id())


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-20T10:00", "2026-11-20T12:00"),
        ("2026-11-20T20:30", "2026-11-21T09:00"),
        ("2026-11-20T23:30", "2026-11-21T09:00"),
        ("2026-11-21T06:59", "2026-11-21T09:00"),
        ("2026-11-21T07:30", "2026-11-21T09:30"),
        ("2026-11-24T19:00", "2026-11-24T19:30"),
    ],
)
def test_nobody_loses_his_turn_asleep_and_no_offer_outlives_the_sale(now: str, until: str) -> None:
    start = datetime.fromisoformat("2026-11-24T19:30").replace(tzinfo=CITY_TIME)
    at = datetime.fromisoformat(now).replace(tzinfo=CITY_TIME)
    assert offered_until(at, start) == datetime.fromisoformat(until).replace(tzinfo=CITY_TIME)


def test_one_is_reminded_in_the_morning_of_the_day_before_or_not_at_all() -> None:
    start = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
    assert day_before(start, start - timedelta(days=4)) == datetime(2026, 11, 23, 10, tzinfo=CITY_TIME)
    assert day_before(start, start - timedelta(hours=20)) is None


async def test_a_ticket_given_back_is_offered_to_the_first_who_waits_and_paid_when_he_takes_it(
    shared_api: Api, waited_house: House
) -> None:
    put = await waited_house.event(fen=80 * YUAN, room=1)
    first, second = [await payer_of(shared_api, 100 * YUAN) for _ in range(2)]
    bought = (await put.bought(first, method="WALLET"))["purchase"]
    asked = {"sessionId": put.session_id, "count": 1}
    wait = (await shared_api.data("JoinEventWaitingList", second.token, **asked, key=new_id()))["wait"]
    assert (wait["state"], wait["ahead"], wait["total"]["amount"]) == ("WAITING", 0, "80.00")
    await shared_api.refused("WaitingAlready", "JoinEventWaitingList", second.token, **asked, key=new_id())
    await shared_api.data("ReturnEventTickets", first.token, purchaseId=bought["id"], key=new_id())
    assert isinstance(await put.taken(new_id(), means=Means.WALLET), TicketsSoldOut)  # it is kept for who waited
    assert await balance(shared_api, second) == 100 * YUAN
    (offer,) = [e["node"] for e in (await shared_api.data("EventWaits", second.token))["edges"]]
    assert (offer["state"], offer["places"]) == ("OFFERED", ["00001"])
    mine = {"waitId": wait["id"], "method": "WALLET"}
    await shared_api.refused("WaitUnknown", "TakeOfferedTickets", first.token, **mine, key=new_id())
    key = new_id()
    twice = [shared_api.data("TakeOfferedTickets", second.token, **mine, key=key) for _ in range(2)]
    done = [one["purchase"] for one in await asyncio.gather(*twice)]
    assert done[0] == done[1]
    assert (done[0]["state"], await balance(shared_api, second)) == ("GOOD", 20 * YUAN)
    told = [event.type for event in await shared_api.events(second)]
    assert told.count("event_wait.offered") == 1
    await shared_api.refused("WaitNotOpen", "TakeOfferedTickets", second.token, **mine, key=new_id())


async def test_who_cannot_pay_keeps_his_offer(shared_api: Api, waited_house: House) -> None:
    put = await waited_house.event(fen=80 * YUAN, room=1)
    first, poor = await payer_of(shared_api, 100 * YUAN), await payer_of(shared_api, 10 * YUAN)
    bought = (await put.bought(first, method="WALLET"))["purchase"]
    wait = await shared_api.data("JoinEventWaitingList", poor.token, sessionId=put.session_id, count=1, key=new_id())
    await shared_api.data("ReturnEventTickets", first.token, purchaseId=bought["id"], key=new_id())
    mine = {"waitId": wait["wait"]["id"], "method": "WALLET"}
    await shared_api.refused("InsufficientBalance", "TakeOfferedTickets", poor.token, **mine, key=new_id())
    (offer,) = [e["node"] for e in (await shared_api.data("EventWaits", poor.token))["edges"]]
    assert offer["state"] == "OFFERED"
    left = await shared_api.data("LeaveEventWaitingList", poor.token, waitId=offer["id"], key=new_id())
    assert (left["wait"]["state"], await put.free()) == ("PASSED", 1)


async def test_nobody_leaves_the_city_with_paid_tickets(shared_api: Api, waited_house: House) -> None:
    """He is asked to return them, or to wait until it is over; free ones, and a place on a list, end with him."""
    put = await waited_house.event(fen=80 * YUAN)
    free, full = await waited_house.event(), await waited_house.event(room=1)
    person = await payer_of(shared_api, 80 * YUAN)
    bought = (await put.bought(person, method="WALLET"))["purchase"]
    await free.bought(person)
    await full.taken(new_id())
    wait = {"sessionId": full.session_id, "count": 1, "key": new_id()}
    await shared_api.data("JoinEventWaitingList", person.token, **wait)
    refused = await shared_api.data("RequestErasure", person.token, key=new_id())
    assert (refused["__typename"], refused["hindrances"]) == ("ErasureHindered", ["TICKETS_PAID"])
    await shared_api.data("ReturnEventTickets", person.token, purchaseId=bought["id"], key=new_id())
    again = await shared_api.data("RequestErasure", person.token, key=new_id())
    assert again["hindrances"] == ["MONEY_IN_WALLET"]
    culture, citizen = shared_api.city.services.life.culture, shared_api.key(person)
    for room in (culture.passing, culture.ending):
        await room.end_all(waited_house.keeper, citizen)
    (left,) = [edge["node"] for edge in (await shared_api.data("EventWaits", person.token))["edges"]]
    assert (left["state"], await free.free()) == ("LEFT", 200)


async def test_what_is_left_after_all_is_paid_back_by_the_events_own_rule(shared_api: Api, waited_house: House) -> None:
    """When a back-up is older than somebody's leaving, he leaves once more, whatever he holds."""
    culture = shared_api.city.services.life.culture
    back = await waited_house.event(fen=30 * YUAN)
    kept = await waited_house.event(fen=20 * YUAN, return_hours=720, starts_in=timedelta(hours=15))
    person = await payer_of(shared_api, 100 * YUAN)
    for put in (back, kept):
        await put.bought(person, method="WALLET")
    for _ in range(2):
        await culture.ending.end_all(waited_house.keeper, shared_api.key(person))
        await culture.ending.round()
    assert await balance(shared_api, person) == 80 * YUAN
    assert (await back.free(), await kept.free()) == (200, 200)


async def test_nobody_waits_for_what_is_there(waited_house: House) -> None:
    put = await waited_house.event(room=3)
    assert type(await joined(put, new_id())).__name__ == "TicketsStillThere"
    assert type(await joined(put, new_id(), 9)).__name__ == "SeatsInvalid"
    assert (await joined(put, new_id(), 4)).state is WaitState.WAITING


async def test_one_place_comes_free_and_of_many_who_wait_the_first_has_it(waited_house: House) -> None:
    """And nobody else, however many give up, join and buy in that moment."""
    put = await waited_house.event(room=1, hall="floor")
    owner = new_id()
    bought = await put.taken(owner)
    crowd = [new_id() for _ in range(8)]
    waits = [await joined(put, one) for one in crowd]
    await asyncio.gather(
        given_back(put, owner, bought.id),
        *(put.taken(new_id()) for _ in range(4)),
        *(joined(put, new_id()) for _ in range(4)),
    )
    states = [await state_of(put, one, wait.id) for one, wait in zip(crowd, waits, strict=True)]
    assert Counter(states) == {WaitState.OFFERED: 1, WaitState.WAITING: 7}
    assert states[0] is WaitState.OFFERED
    answers = await asyncio.gather(*(taken(put, one, w.id) for one, w in zip(crowd, waits, strict=True)))
    assert [type(one).__name__ for one in answers] == ["Purchase", *["WaitNotOpen"] * 7]
    assert await put.free() == 0


@pytest.mark.parametrize("before", [19, 20, 45])
async def test_however_many_cannot_take_it_whoever_can_is_found_at_once(waited_house: House, before: int) -> None:
    put = await waited_house.event(room=2)
    owners = [new_id() for _ in range(2)]
    held = [await put.taken(who) for who in owners]
    for _ in range(before):
        assert (await joined(put, new_id(), 2)).state is WaitState.WAITING
    alone, last = [await joined(put, new_id()) for _ in range(2)]
    await given_back(put, owners[0], held[0].id)
    assert await state_of(put, alone.citizen, alone.id) is WaitState.OFFERED
    assert await state_of(put, last.citizen, last.id) is WaitState.WAITING
    await given_back(put, owners[1], held[1].id)
    assert await state_of(put, last.citizen, last.id) is WaitState.OFFERED


async def test_what_comes_free_for_all_who_wait_is_offered_to_all_of_them(waited_house: House) -> None:
    put = await waited_house.event(room=45)
    for count in (*[4] * 11, 1):
        await put.taken(new_id(), count=count)
    waits = [await joined(put, new_id()) for _ in range(45)]
    places = put.house.city.db["event_places"]
    await places.update_many({"session": put.session}, {"$set": {"purchase": None}})
    await put.house.city.services.life.culture.passing.sweep()
    assert Counter([await state_of(put, one.citizen, one.id) for one in waits]) == {WaitState.OFFERED: 45}


async def test_seats_that_come_free_go_to_the_first_for_whom_they_are_enough(waited_house: House) -> None:
    put = await waited_house.event(hall=STAGE)
    owners = [new_id() for _ in range(4)]
    rows = ["A-1 A-2 A-3 A-4", "A-5 B-1 B-2 B-3", "B-4 B-5 C-1 C-2", "C-3 C-4 C-5"]
    held = [await put.taken(who, seats=row.split()) for who, row in zip(owners, rows, strict=True)]
    four, one, two = new_id(), new_id(), new_id()
    waits = [await joined(put, who, count) for who, count in ((four, 4), (one, 1), (two, 2))]
    await given_back(put, owners[3], held[3].id)
    states = [await state_of(put, w.citizen, w.id) for w in waits]
    assert states == [WaitState.WAITING, WaitState.OFFERED, WaitState.OFFERED]
    assert (await taken(put, one, waits[1].id)).places == ("C-3",)
    assert (await taken(put, two, waits[2].id)).places == ("C-4", "C-5")


class TestTime:
    """In a city whose clock can be moved."""

    async def test_what_time_does_to_those_who_wait(self, api: Api, clock: MovableClock) -> None:
        """An offer not taken is the next one's; one not paid in time, too; when it begins, the list is over."""
        city, house = api.city, await house_of(api)
        culture = city.services.life.culture
        put = await house.event(fen=10 * YUAN, room=1, starts_in=timedelta(days=3), return_hours=0)
        owner, first, second, third = [await purse(city, 100 * YUAN) for _ in range(4)]
        bought = await put.taken(owner, means=Means.WALLET)
        waits = [await joined(put, one) for one in (first, second, third)]
        await given_back(put, owner, bought.id)
        clock.advance(hours=20)  # whatever hour it was, night and morning are over
        assert type(await taken(put, first, waits[0].id, Means.WALLET)).__name__ == "OfferOver"
        await asyncio.gather(*(culture.passing.sweep() for _ in range(3)))
        assert await state_of(put, first, waits[0].id) is WaitState.PASSED
        held = await taken(put, second, waits[1].id, Means.GATEWAY)
        assert held.state is PurchaseState.HELD
        clock.advance(minutes=16)
        assert await culture.ending.sweep() == 1
        assert await state_of(put, third, waits[2].id) is WaitState.OFFERED
        assert await put.free() == 0
        await culture.passing.end_all(house.keeper, third)  # he leaves the city
        assert (await state_of(put, third, waits[2].id), await put.free()) == (WaitState.PASSED, 1)
        again = await put.taken(owner, means=Means.WALLET)
        assert again.state is PurchaseState.GOOD
        late = await joined(put, first)
        clock.advance(days=2, hours=8)
        await culture.passing.sweep()
        assert await state_of(put, first, late.id) is WaitState.OVER
        assert await culture.passing.sweep() == 0

    async def test_who_holds_tickets_is_reminded_once_the_day_before(self, api: Api, clock: MovableClock) -> None:
        house = await house_of(api)
        culture = api.city.services.life.culture
        put = await house.event(starts_in=timedelta(days=3))
        keeps, returns = await api.verified(), await api.verified()
        bought = (await put.bought(keeps))["purchase"]
        gone = (await put.bought(returns))["purchase"]
        await api.data("ReturnEventTickets", returns.token, purchaseId=gone["id"], key=new_id())
        assert await culture.reminders.look() == 0
        moment = day_before(put.starts_at, clock.now())
        assert moment is not None
        clock.advance(seconds=int((moment - clock.now()).total_seconds()) + 60)
        assert sum(await asyncio.gather(*(culture.reminders.look() for _ in range(3)))) == 1
        assert await culture.reminders.look() == 0
        (told,) = [event for event in await api.events(keeps) if event.type == "event_ticket.reminder"]
        assert await culture.reminders.still_true(told.citizen, told.facts)
        later = put.starts_at + timedelta(hours=1)
        await culture.staging.move_session(
            house.keeper, put.session, later, later + timedelta(hours=1), "场地检修", new_id()
        )
        await culture.ending.round()
        assert not await culture.reminders.still_true(told.citizen, told.facts)
        assert bought["state"] == "GOOD"

    async def test_a_cancelled_session_ends_its_list(self, api: Api) -> None:
        house = await house_of(api)
        culture = api.city.services.life.culture
        put = await house.event(room=1)
        owner, waits = new_id(), new_id()
        await put.taken(owner)
        wait = await joined(put, waits)
        await culture.staging.cancel(house.keeper, put.event, "演员生病", new_id())
        await culture.ending.round()
        assert await state_of(put, waits, wait.id) is WaitState.WAITING  # nothing is offered of what is cancelled
        await culture.passing.sweep()
        assert await state_of(put, waits, wait.id) is WaitState.OVER
