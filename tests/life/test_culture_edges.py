"""What happens at the edges of an evening: after a seller gave something back, after a hall was rebuilt, before those
who hold tickets were told, and with what nobody ever saw.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from app.bridges.culture import DueEventTickets
from app.core.clock import CITY_TIME
from app.core.ids import new_id
from app.core.said import Said
from app.core.tills.model import Means
from app.domains.life.culture.events.errors import CultureEventEmpty, HallBusy
from app.domains.life.culture.events.finding.model import listing_of
from app.domains.life.culture.events.model import (
    CultureEvent,
    CultureEventKind,
    CultureEventState,
    EventSession,
    NewSession,
    Profile,
)
from app.domains.life.culture.tickets.store import PlaceStore, PurchaseStore
from app.domains.life.culture.venues.model import Hall, SeatRow, rows_of
from graphql_schema.types.common import global_id
from tests.support.api import OPS, Api
from tests.support.culture import FLOOR, STAGE, House, house_of
from tests.support.paying import purse
from tests.support.tills import balance, payer_of

YUAN = 100
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
async def edge_house(shared_api: Api) -> House:
    return await house_of(shared_api)


@pytest.mark.parametrize("hours", [8, 0, -11])
def test_events_stand_in_the_order_in_which_they_end_whatever_zone_a_seller_writes(hours: int) -> None:
    event = CultureEvent("e", "o", Profile(CultureEventKind.PLAY, Said("戏")), CultureEventState.PUBLISHED, NOW)
    local = NOW.astimezone(timezone(timedelta(hours=hours)))
    assert replace(event, ends_at=local).turn == replace(event, ends_at=NOW).turn


async def test_what_a_session_more_makes_longer_is_over_when_that_is(shared_api: Api, edge_house: House) -> None:
    put, culture = await edge_house.event(), shared_api.city.services.life.culture
    start = (put.starts_at + timedelta(hours=5)).astimezone(CITY_TIME)
    new = NewSession(edge_house.venue, FLOOR, start, start + timedelta(hours=1))
    await culture.staging.add_session(edge_house.keeper, put.event, new, new_id())
    for rows in ("culture_events", "culture_listings"):
        row = await shared_api.city.db[rows].find_one({"_id": put.event})
        assert row is not None
        assert row["turn"].startswith(f"{new.ends_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"), rows


async def test_a_draft_that_was_given_up_is_nobody_else_s_and_one_without_sessions_is_not_published(
    shared_api: Api, edge_house: House
) -> None:
    culture, keeper = shared_api.city.services.life.culture, edge_house.keeper
    secret, emptied = [await edge_house.event(published=False) for _ in range(2)]
    await culture.staging.cancel(keeper, secret.event, "不办了", new_id())
    assert await shared_api.data("CultureEvent", eventId=global_id("CultureEvent", secret.event)) is None
    await culture.staging.cancel_session(keeper, emptied.session, "不办了", new_id())
    with pytest.raises(CultureEventEmpty):
        await culture.staging.publish(keeper, emptied.event, new_id())


async def test_what_was_seen_and_is_cancelled_still_says_why(shared_api: Api, edge_house: House) -> None:
    put, culture = await edge_house.event(), shared_api.city.services.life.culture
    await culture.staging.cancel(edge_house.keeper, put.event, "演员生病", new_id())
    seen = await shared_api.data("CultureEvent", eventId=global_id("CultureEvent", put.event))
    assert (seen["state"], seen["reason"]) == ("CANCELLED", "演员生病")


async def test_a_ticket_to_come_is_on_the_home_page_however_many_evenings_are_over(
    shared_api: Api, edge_house: House
) -> None:
    city, citizen = shared_api.city, new_id()
    to_come, evening = await edge_house.event(), await edge_house.event(per_person=10)
    mine = await to_come.taken(citizen)
    for _ in range(10):
        await evening.taken(citizen)
    over = {"ends_at": city.clock.now() - timedelta(hours=1)}
    await city.db["ticket_purchases"].update_many({"session": evening.session}, {"$set": over})
    room, now = DueEventTickets(PurchaseStore(city.db)), city.clock.now()
    (found,) = await city.db.gather([room.asks(citizen, now)])
    assert [one.id for one in room.due(found, now)] == [mine.id]


async def test_what_waits_to_be_paid_is_before_what_is_good(shared_api: Api, edge_house: House) -> None:
    city, citizen = shared_api.city, await purse(shared_api.city, 100 * YUAN)
    good, dear = await edge_house.event(), await edge_house.event(fen=YUAN)
    await good.taken(citizen)
    held = await dear.taken(citizen, means=Means.GATEWAY)
    (found,) = await city.db.gather([PurchaseStore(city.db).coming(citizen, city.clock.now(), 1)])
    assert [one.id for one, _ in found] == [held.id]


async def test_who_got_something_back_at_the_till_returns_his_tickets_for_the_rest(
    shared_api: Api, edge_house: House
) -> None:
    put, person = await edge_house.event(fen=80 * YUAN), await payer_of(shared_api, 200 * YUAN)
    bought = (await put.bought(person, count=2, method="WALLET"))["purchase"]
    row = await shared_api.city.db["ticket_purchases"].find_one({"session": put.session})
    assert row is not None
    till = {"paymentId": global_id("Payment", row["sale"]), "reason": "OTHER", "key": new_id()}
    token = await edge_house.token("payments:manage")
    gave = await shared_api.data("RefundPayment", token, "provider", **till, amount={"amount": "30"})
    assert gave["__typename"] == "PaymentRefunded", gave
    assert await balance(shared_api, person) == 70 * YUAN
    done = await shared_api.data("ReturnEventTickets", person.token, purchaseId=bought["id"], key=new_id())
    assert done["__typename"] == "EventTicketsTaken", done
    assert done["purchase"]["state"] == "RETURNED"
    assert (await balance(shared_api, person), await put.free()) == (200 * YUAN, 200)


async def test_a_hall_that_is_rebuilt_or_gone_leaves_the_seats_of_what_is_sold(shared_api: Api) -> None:
    house = await house_of(shared_api)
    put, venues = await house.event(hall=STAGE), shared_api.city.services.life.culture.venues
    await put.taken(new_id(), seats=["B-3"])
    venue = await venues.get(house.venue)
    assert venue is not None
    plan = [{"label": label, "seats": 5} for label in "ABC"]
    rebuilt = Hall(STAGE, Said("大剧场"), (SeatRow("C", 2), SeatRow("B", 9)))
    floor = Hall(FLOOR, Said("展厅"), room=200)
    for halls, rows in (((rebuilt, floor), [plan[2], plan[1], plan[0]]), ((floor,), plan)):
        await venues.put(OPS, replace(venue, halls=halls), new_id())
        seen = await shared_api.data("SessionPlaces", sessionId=put.session_id)
        assert (seen["rows"], seen["taken"], seen["free"]) == (rows, ["B-3"], 14)


def test_rows_are_told_from_their_seats() -> None:
    seats = [*(f"A-{n}" for n in range(1, 13)), "10-1", "2-1", "2-2"]
    assert rows_of(seats, ["A"]) == (SeatRow("A", 12), SeatRow("2", 2), SeatRow("10", 1))
    assert rows_of([], []) == ()


async def test_the_door_knows_what_is_cancelled_or_moved_before_those_who_hold_tickets_do(
    shared_api: Api, edge_house: House
) -> None:
    soon = timedelta(minutes=30)
    off, later = await edge_house.event(starts_in=soon), await edge_house.event(starts_in=soon)
    person, gate = await shared_api.verified(), await edge_house.token("culture:gate")
    codes = [await put.shown(person, (await put.bought(person))["purchase"]) for put in (off, later)]
    staging, keeper = shared_api.city.services.life.culture.staging, edge_house.keeper
    await staging.cancel_session(keeper, off.session, "停电", new_id())
    await shared_api.refused("TicketNotGood", "AdmitTicket", gate, "provider", code=codes[0], key=new_id())
    start = later.starts_at + timedelta(days=1)
    await staging.move_session(keeper, later.session, start, start + timedelta(hours=2), "停电", new_id())
    await shared_api.refused("AdmissionNotYet", "AdmitTicket", gate, "provider", code=codes[1], key=new_id())


async def test_a_session_that_is_repeated_or_comes_to_nothing_leaves_no_places_behind(shared_api: Api) -> None:
    house = await house_of(shared_api)
    put, places = await house.event(hall=STAGE), shared_api.city.db["event_places"]
    staging, key, later = shared_api.city.services.life.culture.staging, new_id(), put.starts_at + timedelta(hours=9)
    new = NewSession(house.venue, STAGE, later, later + timedelta(hours=1))
    before = await places.count_documents({})
    for _ in range(2):
        await staging.add_session(house.keeper, put.event, new, key)
    with pytest.raises(HallBusy):
        await staging.add_session(house.keeper, put.event, new, new_id())
    assert await places.count_documents({}) == before + 15


async def test_seats_come_in_the_order_in_which_people_sit(shared_api: Api) -> None:
    store, session = PlaceStore(shared_api.city.db), new_id()
    await store.make(session, [f"{row}-{n}" for row in "AB" for n in range(1, 13)])
    found = await shared_api.city.db.transaction(lambda tx: store.some(session, 14, tx))
    assert found == [*(f"A-{n}" for n in range(1, 13)), "B-1", "B-2"]


async def test_a_hold_that_cannot_be_ended_keeps_no_other_from_it(
    shared_api: Api, edge_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = shared_api.city
    put, rows = await edge_house.event(fen=YUAN, room=2), city.db["ticket_purchases"]
    stuck, free = [await put.taken(await purse(city, YUAN), means=Means.GATEWAY) for _ in range(2)]
    over = city.clock.now() - timedelta(minutes=2)
    await rows.update_one({"_id": stuck.id}, {"$set": {"hold_until": over, "sale": new_id()}})
    await rows.update_one({"_id": free.id}, {"$set": {"hold_until": over + timedelta(minutes=1)}})
    monkeypatch.setattr("app.domains.life.culture.tickets.ending.service._AT_ONCE", 1)
    assert await city.services.life.culture.ending.lapse(put.session) == 1
    assert await put.free() == 1
    await rows.update_one({"_id": stuck.id}, {"$set": {"state": "lapsed"}})


def test_what_ends_at_midnight_is_not_on_the_next_day() -> None:
    event = CultureEvent("e", "o", Profile(CultureEventKind.PLAY, Said("戏")), CultureEventState.PUBLISHED, NOW)
    midnight = datetime(2026, 11, 24, tzinfo=CITY_TIME)
    session = EventSession("s", "e", "o", "v", "h", midnight - timedelta(hours=3), midnight, 10, numbered=False)
    listing = listing_of(event, [session], {})
    assert listing is not None
    assert listing.days == (date(2026, 11, 23),)


async def test_a_sight_beyond_the_first_of_a_list_is_kept_as_well(
    shared_api: Api, edge_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.domains.life.culture.tourism.store.MOST", 1)
    said = {"organisation": edge_house.organisation, "name": {"zh": "远处的园"}, "address": {"zh": "鼓楼区"}, "room": 9}
    where = {"place": {"latitude": 26.08, "longitude": 119.3}}
    headers = {"authorization": f"Bearer {await shared_api.ops_token('operator')}"}
    for rank in (0, 1_000):
        path = f"/admin/api/culture/sights/far-{new_id()[-8:]}"
        answer = await shared_api.http.put(path, json=said | where | {"rank": rank}, headers=headers)
        assert (answer.status_code, answer.json().get("name")) == (200, "远处的园"), rank
