"""One tap is recorded once and refuses nothing; the centre sees where, and that stands in the ledger."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.mongo import command_log
from app.core.paging import PageRequest
from app.core.viewer import Role, Viewer
from app.domains.community.emergencies.errors import EmergencyOver, EmergencyTaken, EmergencyUnknown
from app.domains.community.emergencies.model import PLACE_KEPT, Emergency, EmergencyEnd, EmergencyNumber
from app.domains.community.emergencies.store import EmergencyStore
from app.wiring import City
from graphql_schema.types.common import parse_global_id
from tests.conftest import Fakes
from tests.support.api import Api, Person
from tests.support.emergencies import emergency_category

SQUARE = {"latitude": 26.0823, "longitude": 119.2965}


@pytest.fixture
def city(shared_city: tuple[City, Fakes]) -> City:
    return shared_city[0]


async def _person(api: Api) -> Person:
    await emergency_category(api.city)
    return await api.sign_in(api.person())


async def _called(api: Api, person: Person, **changed: Any) -> Any:
    said = {"number": "AMBULANCE", "position": SQUARE, "accuracy": 12, "key": new_id(), **changed}
    return await api.data("CallEmergency", person.token, **said)


async def test_one_tap_is_recorded_once_and_says_what_to_call(shared_api: Api) -> None:
    person, key = await _person(shared_api), new_id()
    first, second = [await _called(shared_api, person, key=key) for _ in range(2)]
    assert first == second
    assert (first["callNow"], first["placeShared"]) == ("120", True)
    mine = await shared_api.data("MyEmergencies", person.token, first=5, after=None)
    assert [edge["node"]["number"] for edge in mine["edges"]] == ["120"]


@pytest.mark.parametrize("place", [None, {"latitude": 400.0, "longitude": 1.0}])
async def test_without_a_place_it_is_recorded_all_the_same(shared_api: Api, place: dict[str, float] | None) -> None:
    called = await _called(shared_api, await _person(shared_api), position=place)
    assert called["placeShared"] is False
    assert called["id"] is not None


async def test_whoever_calls_again_and_again_is_never_refused(shared_api: Api) -> None:
    person = await _person(shared_api)
    called = [await _called(shared_api, person) for _ in range(9)]
    assert all(one["callNow"] == "120" for one in called)
    assert sum(one["id"] is not None for one in called) == 6


async def test_the_centre_takes_it_once_and_its_number_is_told(shared_api: Api) -> None:
    person = await _person(shared_api)
    called = await _called(shared_api, person)
    tokens = [await shared_api.provider(f"test-centre-{n}", ("cases:centre",)) for n in range(2)]
    asked = {"emergencyId": called["id"]}
    takes = [shared_api.data("TakeEmergency", one, "provider", **asked, key=new_id()) for one in tokens]
    done = await asyncio.gather(*takes)
    assert sorted(one["__typename"] for one in done) == ["EmergencyChanged", "EmergencyTaken"]
    mine = await shared_api.data("MyEmergencies", person.token, first=1, after=None)
    number = mine["edges"][0]["node"]["caseNumber"]
    case = await shared_api.data("Case", person.token, number=number, caseId=None)
    assert case["number"] == number
    citizen = parse_global_id(person.citizen_id or "")[1]
    events = await shared_api.city.db["outbox"].find({"citizen": citizen}).to_list(None)
    assert [row["facts"]["number"] for row in events if row["type"] == "emergency.taken"] == [number]


async def test_each_look_at_the_place_stands_in_the_ledger_and_lists_show_none(shared_api: Api) -> None:
    person = await _person(shared_api)
    called = await _called(shared_api, person)
    centre = await shared_api.provider("test-centre", ("cases:centre",))
    listed = await shared_api.data("Emergencies", centre, "provider", state="OPEN", first=100, after=None)
    assert called["id"] in {edge["node"]["id"] for edge in listed["edges"]}
    for _ in range(2):
        seen = await shared_api.data("Emergency", centre, "provider", emergencyId=called["id"])
        assert (seen["position"], seen["accuracy"]) == (SQUARE, 12)
    for _ in range(3):  # a map is looked at all the time: in the ledger that is one look an hour
        on_map = await shared_api.data("EmergencyMap", centre, "provider")
        assert called["id"] in {one["id"] for one in on_map}
    ledger = await shared_api.data("Disclosures", person.token, first=10, after=None)
    looks = [edge["node"] for edge in ledger["edges"]]
    assert [one["purpose"] for one in looks].count("emergency") == 3


async def test_a_map_of_many_calls_takes_no_more_commands_than_one_of_few(shared_api: Api) -> None:
    centre = await shared_api.provider("test-centre-map", ("cases:centre",))
    await shared_api.data("EmergencyMap", centre, "provider")
    counted = list[int]()
    for _ in range(2):
        for person in [await _person(shared_api) for _ in range(4)]:
            await _called(shared_api, person)
        await shared_api.city.persons.forget()
        commands = list[str]()
        mark = command_log.set(commands)
        await shared_api.data("EmergencyMap", centre, "provider")
        command_log.reset(mark)
        counted.append(len(commands))
    assert counted[0] == counted[1] < 10, counted


async def test_calls_of_test_citizens_are_seen_in_test_mode_and_no_others(city: City, shared_api: Api) -> None:
    real, invented = await _person(shared_api), await _person(shared_api)
    centre = Viewer(Role.PROVIDER_CLIENT, "c", organisation="test-centre-t", scopes=frozenset({"cases:centre"}))
    trial, calls = replace(centre, test_mode=True), city.services.community.emergencies
    mark = {"$set": {"test": True, "test_of": "test-centre-t"}}
    await city.db["citizens"].update_one({"_id": shared_api.key(invented)}, mark)
    ids = {who.phone: parse_global_id((await _called(shared_api, who))["id"])[1] for who in (real, invented)}
    first = PageRequest(first=100)
    for viewer, own, foreign in ((centre, real, invented), (trial, invented, real)):
        mine, others = ids[own.phone], ids[foreign.phone]
        for seen in ((await calls.page(viewer, None, first)).items, await calls.on_map(viewer)):
            assert (mine in {one.id for one in seen}, others in {one.id for one in seen}) == (True, False)
        assert await calls.look(viewer, others) is None
        with pytest.raises(EmergencyUnknown):
            await calls.take(viewer, others, new_id())
        with pytest.raises(EmergencyUnknown):
            await calls.end(viewer, others, EmergencyEnd.HELPED, new_id())
    other = replace(trial, organisation="test-centre-u")
    assert await calls.look(other, ids[invented.phone]) is None
    number = (await calls.take(trial, ids[invented.phone], new_id())).case
    case = await city.db["cases"].find_one({"number": number})
    assert case is not None
    assert case["test_of"] == "test-centre-t"


async def test_a_false_alarm_ends_and_is_not_taken_any_more(shared_api: Api) -> None:
    called = await _called(shared_api, await _person(shared_api))
    centre = await shared_api.provider("test-centre", ("cases:centre",))
    asked = {"emergencyId": called["id"]}
    ended = await shared_api.data("EndEmergency", centre, "provider", **asked, end="FALSE_ALARM", key=new_id())
    assert ended["emergency"]["emergencyState"] == "ENDED"
    await shared_api.refused("EmergencyOver", "TakeEmergency", centre, "provider", **asked, key=new_id())


async def test_the_place_is_forgotten_when_its_time_is_over(city: City, shared_api: Api) -> None:
    called = await _called(shared_api, await _person(shared_api))
    id_ = parse_global_id(called["id"])[1]
    store, now = EmergencyStore(city.db, city.persons), city.clock.now()
    await store.forget_places(now + PLACE_KEPT - timedelta(minutes=1))
    kept = await store.get(id_)
    assert kept is not None
    assert kept.spot is not None
    await store.forget_places(now + PLACE_KEPT + timedelta(minutes=1))
    gone = await store.get(id_)
    assert gone is not None
    assert gone.spot is None
    assert gone.told_place


def test_what_has_ended_neither_ends_nor_is_taken() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    one = Emergency("e", "c", EmergencyNumber.POLICE, at)
    taken = one.taken("staff", "centre", "RX1", at)
    with pytest.raises(EmergencyTaken):
        taken.taken("other", "centre", "RX2", at)
    over = taken.ended(EmergencyEnd.HELPED, at)
    with pytest.raises(EmergencyOver):
        over.ended(EmergencyEnd.HELPED, at)
    with pytest.raises(EmergencyOver):
        over.taken("staff", "centre", "RX3", at)
