"""Tickets: nobody holds what somebody else holds, what is paid is good, and what ends gives its money back."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

import pytest

from app.core.ids import new_id
from app.core.tills.model import Means
from app.domains.life.culture.events.errors import HallBusy
from app.domains.life.culture.tickets.errors import TicketsSoldOut
from app.domains.life.culture.tickets.model import Purchase, PurchaseState
from app.domains.payment.gateway.orders.model import OrderState
from app.wiring import City
from tests.support.api import Api
from tests.support.culture import STAGE, House, house_of
from tests.support.fakes import MovableClock
from tests.support.gateway import FakeGateway
from tests.support.paying import holder, purse
from tests.support.tills import balance, payer_of

YUAN = 100


@pytest.fixture(scope="session")
async def house(shared_api: Api) -> House:
    return await house_of(shared_api)


async def test_a_free_ticket_is_good_at_once_and_shown_at_the_door(shared_api: Api, house: House) -> None:
    put = await house.event(starts_in=timedelta(minutes=30))
    person, gate = await shared_api.verified(), await house.token("culture:gate")
    bought = await put.bought(person, count=2)
    assert (bought["__typename"], bought["purchase"]["state"]) == ("EventTicketsTaken", "GOOD")
    code = await put.shown(person, bought["purchase"])
    done = await shared_api.data("AdmitTicket", gate, "provider", code=code, key=new_id())
    assert (done["__typename"], done["inside"], done["of"]) == ("TicketAdmitted", 1, 2)
    await shared_api.refused("TicketCodeUsed", "AdmitTicket", gate, "provider", code=code, key=new_id())
    which = {"purchaseId": bought["purchase"]["id"], "ticketId": bought["purchase"]["tickets"][0]["id"]}
    await shared_api.refused("TicketUsed", "ShowTicketCode", person.token, **which, key=new_id())


async def test_many_doors_let_one_in(shared_api: Api, house: House) -> None:
    put = await house.event(starts_in=timedelta(minutes=30))
    person, gate = await shared_api.verified(), await house.token("culture:gate")
    code = await put.shown(person, (await put.bought(person))["purchase"])

    async def door() -> str:
        return str((await shared_api.data("AdmitTicket", gate, "provider", code=code, key=new_id()))["__typename"])

    assert Counter(await asyncio.gather(*(door() for _ in range(8)))) == {"TicketAdmitted": 1, "TicketCodeUsed": 7}


async def test_the_door_of_another_house_knows_nothing_of_a_ticket(shared_api: Api, house: House) -> None:
    put = await house.event(starts_in=timedelta(minutes=30))
    person, other = await shared_api.verified(), await house_of(shared_api)
    code = await put.shown(person, (await put.bought(person))["purchase"])
    gate = await other.token("culture:gate")
    await shared_api.refused("TicketCodeUnknown", "AdmitTicket", gate, "provider", code=code, key=new_id())
    assert (await put.shown(person, (await put.bought(person))["purchase"])) != code


async def test_the_doors_open_two_hours_before(shared_api: Api, house: House) -> None:
    put = await house.event()
    person, gate = await shared_api.verified(), await house.token("culture:gate")
    code = await put.shown(person, (await put.bought(person))["purchase"])
    await shared_api.refused("AdmissionNotYet", "AdmitTicket", gate, "provider", code=code, key=new_id())


async def test_whose_name_is_not_known_gets_no_ticket(shared_api: Api, house: House) -> None:
    put, stranger = await house.event(), await shared_api.sign_in(shared_api.person())
    assert (await put.bought(stranger))["__typename"] == "NotVerified"


async def test_a_draft_has_no_tickets(shared_api: Api, house: House) -> None:
    put, person = await house.event(published=False), await shared_api.verified()
    assert (await put.bought(person))["__typename"] == "EventSessionUnknown"


def kinds(answers: Sequence[object]) -> Counter[str]:
    return Counter(type(one).__name__ for one in answers)


async def test_a_seat_that_twenty_want_is_one_s(house: House) -> None:
    put = await house.event(hall=STAGE)
    answers = await asyncio.gather(*(put.taken(new_id(), seats=["B-3"]) for _ in range(20)))
    assert kinds(answers) == {"Purchase": 1, "SeatsTaken": 19}
    assert await put.free() == 14


async def test_twenty_four_want_the_last_four_places(house: House) -> None:
    """Two hundred want ten among the faults."""
    put = await house.event(room=4)
    answers = await asyncio.gather(*(put.taken(new_id()) for _ in range(24)))
    assert kinds(answers) == {"Purchase": 4, "TicketsSoldOut": 20}
    assert len({one.tickets[0].place for one in answers if isinstance(one, Purchase)}) == 4
    assert await put.free() == 0


async def test_one_person_has_no_more_than_the_event_allows_however_he_hurries(house: House) -> None:
    put, person = await house.event(per_person=3), new_id()
    answers = await asyncio.gather(*(put.taken(person) for _ in range(8)))
    assert kinds(answers) == {"Purchase": 3, "TicketLimitReached": 5}
    assert await put.free() == 197


@pytest.mark.parametrize(
    "said", [{"count": 0}, {"count": 5}, {"seats": ["A-1"]}, {"seats": []}, {"seats": ["A-1", "A-1"]}]
)
async def test_what_cannot_be_asked_for_is_refused(shared_api: Api, house: House, said: dict[str, Any]) -> None:
    put, person = await house.event(), await shared_api.verified()
    assert (await put.bought(person, **said))["__typename"] == "SeatsInvalid"


async def test_seats_that_the_hall_has_not_are_refused(shared_api: Api, house: House) -> None:
    put, person = await house.event(hall=STAGE), await shared_api.verified()
    assert (await put.bought(person, seats=["Z-1"]))["__typename"] == "SeatsInvalid"
    assert (await put.bought(person, count=1))["__typename"] == "SeatsInvalid"


async def test_the_same_wish_twice_is_one_purchase(shared_api: Api, house: House) -> None:
    put, person, key = await house.event(), await shared_api.verified(), new_id()
    one, other = await asyncio.gather(put.bought(person, key=key), put.bought(person, key=key))
    assert one["purchase"]["id"] == other["purchase"]["id"]
    assert await put.free() == 199


async def test_a_ticket_from_the_wallet_is_paid_and_its_money_comes_back_when_it_is_returned(
    shared_api: Api, house: House
) -> None:
    put, person = await house.event(fen=80 * YUAN, hall=STAGE), await payer_of(shared_api, 500 * YUAN)
    bought = (await put.bought(person, seats=["A-1", "A-2"], method="WALLET"))["purchase"]
    assert (bought["state"], await balance(shared_api, person)) == ("GOOD", 340 * YUAN)
    given = {"purchaseId": bought["id"], "key": new_id()}
    one = await shared_api.data("ReturnEventTickets", person.token, **given, ticketIds=[bought["tickets"][0]["id"]])
    assert [ticket["state"] for ticket in one["purchase"]["tickets"]] == ["RETURNED", "GOOD"]
    assert (await balance(shared_api, person), await put.free()) == (420 * YUAN, 14)
    rest = await shared_api.data("ReturnEventTickets", person.token, purchaseId=bought["id"], key=new_id())
    assert rest["purchase"]["state"] == "RETURNED"
    assert (await balance(shared_api, person), await put.free()) == (500 * YUAN, 15)
    again = {"purchaseId": bought["id"], "key": new_id()}
    await shared_api.refused("TicketsNotReturnable", "ReturnEventTickets", person.token, **again)
    assert (await put.bought(person, seats=["A-1"], method="WALLET"))["__typename"] == "EventTicketsTaken"


async def test_who_has_too_little_holds_nothing(shared_api: Api, house: House) -> None:
    put, person = await house.event(fen=80 * YUAN), await payer_of(shared_api, 10 * YUAN)
    assert (await put.bought(person, method="WALLET"))["__typename"] == "InsufficientBalance"
    assert await put.free() == 200


async def test_after_the_deadline_nothing_is_taken_back(shared_api: Api, house: House) -> None:
    put, person = await house.event(starts_in=timedelta(hours=10)), await shared_api.verified()
    bought = (await put.bought(person))["purchase"]
    given = {"purchaseId": bought["id"], "key": new_id()}
    await shared_api.refused("ReturnTooLate", "ReturnEventTickets", person.token, **given)


async def test_a_cancelled_event_gives_everybody_his_money_back_and_tells_him(shared_api: Api, house: House) -> None:
    put = await house.event(fen=50 * YUAN, starts_in=timedelta(hours=5))
    buyers = [await payer_of(shared_api, 100 * YUAN) for _ in range(3)]
    for one in buyers:
        await put.bought(one, method="WALLET")
    culture = shared_api.city.services.life.culture
    await culture.staging.cancel(house.keeper, put.event, "演员生病", new_id())
    await culture.ending.round()
    await culture.ending.round()  # a second round finds nothing to do
    assert [await balance(shared_api, one) for one in buyers] == [100 * YUAN] * 3
    told = [event.type for event in await shared_api.events(buyers[0])]
    assert told.count("event_ticket.cancelled") == 1
    (run,) = await culture.ending.runs_of(put.event)
    assert (run.told, run.fen) == (3, 150 * YUAN)
    assert (await put.bought(buyers[0], method="WALLET"))["__typename"] == "EventSessionUnknown"


async def test_two_rounds_at_once_give_back_once(shared_api: Api, house: House) -> None:
    put = await house.event(fen=50 * YUAN)
    buyers = [await payer_of(shared_api, 100 * YUAN) for _ in range(4)]
    for one in buyers:
        await put.bought(one, method="WALLET")
    culture = shared_api.city.services.life.culture
    await culture.staging.cancel(house.keeper, put.event, "停电", new_id())
    await asyncio.gather(*(culture.ending.round() for _ in range(3)))
    await culture.ending.round()
    assert [await balance(shared_api, one) for one in buyers] == [100 * YUAN] * 4
    assert sum(run.told for run in await culture.ending.runs_of(put.event)) == 4


async def test_who_holds_tickets_of_a_moved_session_is_told_and_may_return_them(shared_api: Api, house: House) -> None:
    put, person = await house.event(starts_in=timedelta(hours=10)), await shared_api.verified()
    bought = (await put.bought(person))["purchase"]
    culture, later = shared_api.city.services.life.culture, put.starts_at + timedelta(hours=2)
    await culture.staging.move_session(
        house.keeper, put.session, later, later + timedelta(hours=2), "场地检修", new_id()
    )
    await culture.ending.round()
    await culture.ending.round()
    assert [event.type for event in await shared_api.events(person)].count("event_ticket.moved") == 1
    done = await shared_api.data("ReturnEventTickets", person.token, purchaseId=bought["id"], key=new_id())
    assert done["purchase"]["state"] == "RETURNED"


async def test_two_sessions_of_a_stage_do_not_meet_however_they_are_entered(shared_api: Api) -> None:
    house = await house_of(shared_api)
    soon = timedelta(days=5)
    made = (house.event(hall=STAGE, starts_in=soon) for _ in range(4))
    done = await asyncio.gather(*made, return_exceptions=True)
    assert sum(isinstance(one, HallBusy) for one in done) == 3


async def test_a_seller_who_takes_no_payments_sells_nothing(shared_api: Api, house: House) -> None:
    put, person = await house.event(fen=100), await payer_of(shared_api, 500 * YUAN)
    merchants = shared_api.city.db["merchants"]
    await merchants.update_one({"_id": house.organisation}, {"$set": {"state": "suspended"}})
    try:
        assert (await put.bought(person, method="WALLET"))["__typename"] == "MerchantNotActive"
    finally:
        await merchants.update_one({"_id": house.organisation}, {"$set": {"state": "active"}})
    assert await put.free() == 200


async def at_the_gateway(city: City, fen: int = 100 * YUAN) -> str:
    """Somebody who can pay there, or from his wallet."""
    return await purse(city, fen)


class TestHolds:
    """In a city whose clock can be moved."""

    async def test_a_hold_lapses_its_place_is_another_s_and_late_money_goes_back(
        self, api: Api, clock: MovableClock
    ) -> None:
        city, house = api.city, await house_of(api)
        put = await house.event(fen=10 * YUAN, room=1)
        first, second, third = [await at_the_gateway(city) for _ in range(3)]
        held = await put.taken(first, means=Means.GATEWAY)
        assert held.state is PurchaseState.HELD
        assert isinstance(await put.taken(second, means=Means.WALLET), TicketsSoldOut)
        clock.advance(minutes=16)
        assert (await put.taken(second, means=Means.WALLET)).state is PurchaseState.GOOD
        gateway = cast(FakeGateway, city.outside.gateway)
        gateway.pay(held.sale)
        await city.services.payment.orders.look(held.sale)
        assert await self._state(api, first, held.id) is PurchaseState.LAPSED
        order = await city.services.payment.orders.get(held.sale)
        assert order is not None
        assert order.state is OrderState.RETURNED
        assert isinstance(await put.taken(third, means=Means.WALLET), TicketsSoldOut)

    async def test_money_in_time_makes_it_good_and_a_hold_given_up_is_free(self, api: Api, clock: MovableClock) -> None:
        city, house = api.city, await house_of(api)
        put = await house.event(fen=10 * YUAN, room=2)
        first, second = [await at_the_gateway(city) for _ in range(2)]
        held, other = await put.taken(first, means=Means.GATEWAY), await put.taken(second, means=Means.GATEWAY)
        cast(FakeGateway, city.outside.gateway).pay(held.sale)
        await city.services.payment.orders.look(held.sale)
        assert await self._state(api, first, held.id) is PurchaseState.GOOD
        tickets = city.services.life.culture.tickets
        await tickets.give_up(holder(second), other.id, new_id())
        assert await put.free() == 1
        clock.advance(minutes=20)
        assert await city.services.life.culture.ending.sweep() == 0
        assert await self._state(api, first, held.id) is PurchaseState.GOOD

    async def test_a_cancelled_event_ends_holds_too(self, api: Api) -> None:
        city, house = api.city, await house_of(api)
        put, citizen = await house.event(fen=10 * YUAN), await at_the_gateway(city)
        held = await put.taken(citizen, means=Means.GATEWAY)
        culture = city.services.life.culture
        await culture.staging.cancel(house.keeper, put.event, "停电", new_id())
        await culture.ending.round()
        assert await self._state(api, citizen, held.id) is PurchaseState.CANCELLED

    async def _state(self, api: Api, citizen: str, purchase: str) -> PurchaseState:
        seen = await api.city.services.life.culture.views.one(holder(citizen), purchase)
        assert seen is not None
        return seen.state
