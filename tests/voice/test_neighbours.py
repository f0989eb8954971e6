"""Cases of a neighbouring city: sent over real HTTP to a stand-in that misbehaves, exactly once, and heard of again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from app.core.clock import SystemClock
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.places.errors import OutsideCity
from app.core.places.model import Box, Point
from app.core.said import Said
from app.core.viewer import Role, Viewer
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.voice.cases.categories.model import Category
from app.domains.voice.cases.clocks.model import CaseClock, Measure
from app.domains.voice.cases.filing.model import Filing
from app.domains.voice.cases.history.model import CaseChannel, CaseKind, CaseState, Happened, Identity
from app.domains.voice.cases.model import Case, Words
from app.domains.voice.cases.service import CaseSteps
from app.domains.voice.cases.store import CaseStore
from app.domains.voice.channels.neighbours.acting.service import NeighbourSteps
from app.domains.voice.channels.neighbours.errors import NeighbourCaseSettled, NeighbourInvalid
from app.domains.voice.channels.neighbours.model import (
    SILENT_LOOKS,
    Asking,
    Neighbour,
    Pace,
    SentCase,
    SentState,
    Wire,
)
from app.domains.voice.channels.neighbours.sending.service import Listener, Messenger
from app.domains.voice.channels.neighbours.store import NeighbourStore, SentCaseStore
from app.domains.voice.channels.open311.keys.model import Delivery
from app.domains.voice.places.model import Place
from app.gateways.neighbours import HttpDoors
from app.gateways.pinned import PinnedHttp
from app.http.open311.routes import Open311Door
from app.jobs.worker import relay_of
from app.wiring import City, build
from mocks.neighbour_city import NeighbourCity
from notifications.channels.targets import TargetRules
from tests.conftest import Databases, Fakes, settings_for
from tests.support.api import OPS
from tests.support.served import at_a_port

SEAT = Viewer(role=Role.PROVIDER_STAFF, actor="seat", organisation="centre-12345")
KEY, UNIT = "neighbour-key", "neighbour-putian"


@dataclass
class Border:
    """Both cities, and who goes between them."""

    city: City
    there: NeighbourCity
    url: str
    category: str
    store: SentCaseStore
    neighbours: NeighbourStore
    messengers: list[Messenger]
    listener: Listener

    async def control(self, path: str, **body: Any) -> None:
        async with httpx2.AsyncClient() as http:
            answer = await http.post(f"{self.url}/control/neighbour/{path}", json=body)
            assert answer.is_success, answer.text

    async def known(self, **changed: Any) -> Neighbour:
        one: dict[str, Any] = {
            "code": "putian",
            "name": "莆田市",
            "unit": UNIT,
            "url": f"{self.url}/neighbour/open311/v2",
            "service": "099",
            "services": {self.category: "001"},
            "boxes": (Box(25.0, 118.4, 25.7, 119.4),),
        }
        key = changed.pop("key", KEY)
        return await self.city.services.voice.neighbours.put(OPS, Neighbour(**(one | changed)), key)

    async def finds(self, sent: SentCase) -> str | None:
        """By its mark, as after an answer that was lost."""
        city = await self.neighbours.get(sent.neighbour)
        assert city is not None
        found = await self.messengers[0]._search(sent, city, await self.neighbours.key(city.code))
        return found.remote

    async def case(self, id_: str) -> Case:
        found = await self.city.services.voice.cases._cases.get(id_)
        assert found is not None
        return found

    async def passed_on(self, text: str = "路面塌陷，联系人张三 13950012345") -> str:
        """A case that the centre has dispatched to the neighbouring city's unit; its id."""
        voice, id_ = self.city.services.voice, new_id()
        filing = Filing(
            CaseKind.COMPLAINT,
            CaseChannel.PHONE,
            self.category,
            Identity.NAMED,
            Words("路面塌陷", text, "13950012345", "张三"),
            Place("350100000000", Point(25.45, 119.0), "荔城区某路"),
        )

        async def work(tx: Tx) -> Case:
            return (await voice.cases._filing.new(SEAT, filing, None, tx, id_)).case

        await self.step(await self.city.db.transaction(work), "accept")
        await self.step(await self.case(id_), "dispatch")
        await self.relayed()
        return id_

    async def relayed(self) -> None:
        """Events of the outbox are handed on, to the last, and those that come of it."""
        for _ in range(3):
            relay = relay_of(self.city)
            while await relay.round():
                pass
            await relay.finish()

    async def step(self, was: Case, what: str) -> None:
        now = self.city.clock.now()
        clock = CaseClock("complaint", Measure.WORKING_DAYS, 10, now)
        if what == "accept":
            changed = was.accepted(clock, False, SEAT, now)
        elif what == "refuse":
            changed = was.refused("不在本市", "莆田市", SEAT, now)
        else:
            changed = was.dispatched(UNIT, (UNIT,), (), "neighbour", SEAT, now)

        async def work(tx: Tx) -> None:
            await self.city.services.voice.cases._steps.keep(SEAT, changed, was, tx)

        await self.city.db.transaction(work)

    async def of(self, case: str) -> SentCase:
        found = await self.store.get(case)
        assert found is not None
        return found

    async def until(self, case: str, *states: SentState) -> SentCase:
        """Messengers work until it is so."""
        for _ in range(400):
            await asyncio.gather(*(one.round() for one in self.messengers))
            found = await self.of(case)
            if found.state in states:
                return found
            await asyncio.sleep(0.01)
        raise AssertionError(f"{found.state} {found.fault}")

    async def unheard(self) -> None:
        """As if nothing had been heard for a day."""
        long_ago = self.city.clock.now() - timedelta(days=1)
        await self.city.db["neighbour_cases"].update_many({}, {"$set": {"heard_at": long_ago}})

    async def heard(self) -> None:
        await self.city.db["neighbours"].update_many({}, {"$set": {"poll_at": self.city.clock.now()}})
        await self.listener.round()


@pytest.fixture(scope="module")
async def city(databases: Databases) -> AsyncIterator[City]:
    with databases.lent() as name:
        city = build(settings_for(databases.uri, name), beyond=Fakes().outside, clock=SystemClock())
        await databases.start(city)
        await _neighbourly(city)
        yield city
        await city.stop()


async def _neighbourly(city: City) -> None:
    for code, kind in (("350100000000", Kind.GOVERNMENT), (UNIT, Kind.DEPARTMENT), ("centre-12345", Kind.DEPARTMENT)):
        await city.services.organisations.put(OPS, Organisation(code, code, kind, scopes=frozenset({"cases"})))
    await city.services.voice.categories.save(OPS, Category("road", Said("道路", "Roads")), new_id())


@pytest.fixture(scope="module")
async def stand_in() -> AsyncIterator[tuple[NeighbourCity, str]]:
    there = NeighbourCity(KEY)
    async with at_a_port(Starlette(routes=[*there.routes(), *there.control_routes()])) as url:
        yield there, url


@pytest.fixture(scope="module")
async def own_door(city: City) -> AsyncIterator[str]:
    """The city's own door, over real HTTP."""
    voice = city.services.voice
    door = Open311Door(voice.open311, voice.open311_filing, city.services.organisations.name_of, city.base_url)
    async with at_a_port(Starlette(routes=[*door.routes()])) as url:
        yield url


@pytest.fixture
async def border(city: City, stand_in: tuple[NeighbourCity, str]) -> AsyncIterator[Border]:
    there, url = stand_in
    for collection in ("neighbours", "neighbour_cases", "outbox"):
        await city.db[collection].delete_many({})
    async with httpx2.AsyncClient() as http:
        await http.delete(f"{url}/control/neighbour/messages")
        await http.delete(f"{url}/control/neighbour/faults")
    cities, sent = NeighbourStore(city.db, city.ring), SentCaseStore(city.db)
    doors = HttpDoors(PinnedHttp(TargetRules(near=True), time_limit=1.0), rest=0.05)
    cases = CaseStore(city.db, city.persons)
    steps = CaseSteps(cases, city.calendar, city.outbox, city.audit, city.clock)
    acting, pace = NeighbourSteps(city.db, cities, sent, cases, steps, city.clock), Pace(500.0)
    messengers = [Messenger(cities, sent, doors, acting, city.clock, pace) for _ in range(3)]
    listener = Listener(cities, sent, doors, acting, city.clock, pace)
    yield Border(city, there, url, "road", sent, cities, messengers, listener)
    await doors.aclose()


@pytest.mark.parametrize("wire", list(Wire))
async def test_a_case_is_sent_once_and_what_they_say_are_steps_here(border: Border, wire: Wire) -> None:
    await border.known(wire=wire)
    case = await border.passed_on()
    sent = await border.until(case, SentState.TAKEN)
    assert (border.there.posted, sent.remote) == (1, "N000001")
    (held,) = border.there.held.newest_first()
    assert held.form["service_code"] == "001"
    assert (held.form["lat"], held.form["long"]) == ("25.450000", "119.000000")
    assert "13950012345" not in str(held.form)
    assert "张三" not in str(held.form)
    assert (await border.case(case)).state is CaseState.HANDLING
    await border.control("requests/N000001", status="open", status_notes="已派市政队前往。")
    await border.heard()
    await border.heard()  # asked with an overlap: the same words are no news
    found = await border.case(case)
    assert [one.text for one in found.events if one.what is Happened.NOTED] == ["已派市政队前往。"]
    await border.control("requests/N000001", status="closed", status_notes="已修复。")
    await border.heard()
    found = await border.case(case)
    assert (found.state, found.reply) == (CaseState.REPLIED, "已修复。")
    assert (await border.of(case)).state is SentState.SETTLED
    assert [one.unit for one in found.events if one.what is Happened.REPLIED] == [UNIT]


@pytest.mark.parametrize("wire", list(Wire))
@pytest.mark.parametrize("delivery", list(Delivery))
async def test_two_cities_of_this_kind_understand_each_other(
    border: Border, own_door: str, wire: Wire, delivery: Delivery
) -> None:
    """Our client at our own door: what it files is a case there, and what becomes of that is heard here."""
    voice = border.city.services.voice
    issued = await voice.open311_keys.create(OPS, "邻居", "x", delivery=delivery)
    await border.known(
        url=f"{own_door}/open311/v2", wire=wire, services={}, service=border.category, key=issued.api_key
    )
    case = await border.passed_on(f"两城之间 {new_id()}")
    for _ in range(50):
        await border.messengers[0].round()
        await voice.open311_filing.round()
        if (sent := await border.of(case)).state is SentState.TAKEN:
            break
        await asyncio.sleep(0.02)
    row = await border.city.db["case_numbers"].find_one({"_id": sent.remote})
    assert row is not None
    there = await border.case(row["case"])
    assert (there.channel, there.words.contact) == (CaseChannel.OPEN311, None)
    assert there.words.text.endswith(sent.mark)
    assert await border.finds(sent) == sent.remote
    await border.step(there, "accept")
    await border.heard()
    assert "已受理" in str((await border.case(case)).events[-1].text)
    await border.step(await border.case(there.id), "refuse")
    await border.heard()
    assert (await border.of(case)).state is SentState.SETTLED
    assert (await border.case(case)).state is CaseState.REPLIED


async def test_what_lies_in_a_neighbouring_city_is_passed_on_by_itself(border: Border) -> None:
    voice, point = border.city.services.voice, Point(25.45, 119.0)
    shapes = {"type": "Polygon", "coordinates": [[[119.2, 26], [119.4, 26], [119.4, 26.2], [119.2, 26.2], [119.2, 26]]]}
    features = [{"type": "Feature", "properties": {"code": "350100000000"}, "geometry": shapes}]
    raw = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    await voice.places.take(OPS, raw)
    await border.city.db["neighbours"].delete_many({})
    await voice.neighbours.load()
    with pytest.raises(OutsideCity):
        voice.places.placed(point)
    await border.known()
    with pytest.raises(OutsideCity):
        voice.places.placed(point, strictly=True)
    place = voice.places.placed(point, address="荔城区")
    assert place.division == "350100000000"
    words = Words("路灯不亮", "路灯不亮三天了")
    filing = Filing(CaseKind.HELP, CaseChannel.PHONE, border.category, Identity.NAMED, words, place)

    async def work(tx: Tx) -> str:
        return (await voice.cases._filing.new(SEAT, filing, None, tx)).case.id

    case = await border.city.db.transaction(work)
    await border.relayed()
    await border.until(case, SentState.TAKEN)
    found = await border.case(case)
    assert (found.unit, found.state, border.there.posted) == (UNIT, CaseState.HANDLING, 1)
    assert [one.what for one in found.events][:3] == [Happened.FILED, Happened.ACCEPTED, Happened.DISPATCHED]
    assert found.clock is not None


async def test_an_answer_that_was_lost_makes_no_second_request(border: Border) -> None:
    await border.known()
    await border.control("faults", drop=True, after=True, next=1)
    case = await border.passed_on()
    await border.until(case, SentState.TAKEN)
    assert border.there.posted == 1


@pytest.mark.parametrize(
    "faults",
    [{"status": 500, "next": 3}, {"status": 503, "after": True, "next": 1}, {"drop": True, "next": 2}],
)
async def test_a_city_that_is_away_is_asked_again_until_it_is_back(border: Border, faults: dict[str, Any]) -> None:
    await border.known()
    await border.control("faults", **faults)
    case = await border.passed_on()
    await border.until(case, SentState.TAKEN)
    assert border.there.posted == 1


async def test_a_slow_city_is_given_up_and_found_to_have_it(border: Border) -> None:
    await border.known()
    await border.control("faults", delay_ms=1_300)
    case = await border.passed_on()
    rounds = asyncio.gather(*(one.round() for one in border.messengers))
    await rounds
    assert (await border.of(case)).state is SentState.PENDING
    await asyncio.sleep(0.5)
    await border.control("faults")
    await border.until(case, SentState.TAKEN)
    assert border.there.posted == 1


async def test_an_answer_nobody_can_read_makes_no_second_request(border: Border) -> None:
    for wire in Wire:
        await border.known(wire=wire)
        await border.control("manners", malformed=1)
        case = await border.passed_on()
        await border.until(case, SentState.TAKEN)
    assert border.there.posted == 2


async def test_a_city_that_lists_all_double_and_knows_no_pages_confuses_nobody(border: Border) -> None:
    await border.known()
    await border.control("manners", twice=True, pages=False, malformed=1)
    case = await border.passed_on()
    await border.until(case, SentState.TAKEN)
    await border.control("requests/N000001", status="closed", status_notes="完成。")
    await border.heard()
    assert border.there.posted == 1
    assert (await border.case(case)).state is CaseState.REPLIED


@pytest.mark.parametrize("wire", list(Wire))
async def test_a_token_is_asked_about_until_there_is_a_number(border: Border, wire: Wire) -> None:
    await border.known(wire=wire)
    await border.control("manners", tokens=3)
    case = await border.passed_on()
    assert (await border.until(case, SentState.PROMISED)).token == "T000001"
    assert (await border.until(case, SentState.TAKEN)).remote == "N000001"
    assert border.there.posted == 1


async def test_without_updated_after_it_is_asked_by_numbers(border: Border) -> None:
    await border.known(asking=Asking.NUMBERS)
    await border.control("manners", updated_after=False, hidden=True)
    case = await border.passed_on()
    await border.until(case, SentState.TAKEN)
    await border.control("requests/N000001", status="closed", status_notes="完成。")
    await border.city.db["neighbour_cases"].update_one(
        {}, {"$set": {"heard_at": border.city.clock.now() - timedelta(1)}}
    )
    await border.heard()
    assert (await border.case(case)).state is CaseState.REPLIED


async def test_what_is_refused_is_seen_and_sent_again(border: Border) -> None:
    await border.known()
    await border.control("manners", refuse="not in our city")
    case = await border.passed_on()
    assert "not in our city" in str((await border.until(case, SentState.REFUSED)).fault)
    desk = border.city.services.voice.neighbours
    await border.control("manners")
    again = await desk.send_again(OPS, case)
    assert again.state is SentState.PENDING
    await border.until(case, SentState.TAKEN)
    assert border.there.posted == 1


async def test_where_nothing_is_listed_an_answer_that_was_lost_waits_for_somebody(border: Border) -> None:
    await border.known()
    await border.until(await border.passed_on("路面塌陷"), SentState.TAKEN)
    await border.control("manners", hidden=True)
    await border.control("faults", drop=True, after=True, next=1)
    case = await border.passed_on("路灯不亮")
    assert (await border.until(case, SentState.REFUSED)).fault == "maybe_there"
    assert border.there.posted == 2
    await border.city.services.voice.neighbours.send_again(OPS, case)
    await border.until(case, SentState.TAKEN)
    assert border.there.posted == 3


async def test_sending_again_what_is_being_sent_leaves_it_to_whoever_sends_it(border: Border) -> None:
    await border.known()
    case = await border.passed_on()
    (lease,) = await border.store.claim(border.city.clock.now(), timedelta(minutes=2), 1, lambda _: 1)
    await border.city.services.voice.neighbours.send_again(OPS, case)
    assert await border.store.claim(border.city.clock.now(), timedelta(minutes=2), 1, lambda _: 1) == []
    assert await border.store.note(lease, lease.sent.begun()) is not None


async def test_what_is_lost_there_is_apart(border: Border) -> None:
    await border.known(asking=Asking.NUMBERS)
    case = await border.passed_on()
    await border.until(case, SentState.TAKEN)
    border.there.held.clear()
    for look in range(1, SILENT_LOOKS):
        await border.unheard()
        await border.heard()
        found = await border.of(case)
        assert (found.state, found.silent) == (SentState.TAKEN, look)
    await border.unheard()
    await border.heard()
    found = await border.of(case)
    assert (found.state, found.fault) == (SentState.APART, "lost_there")


async def test_a_number_that_is_shown_again_is_not_lost(border: Border) -> None:
    await border.known(asking=Asking.NUMBERS)
    case = await border.passed_on()
    await border.until(case, SentState.TAKEN)
    (held,) = border.there.held.newest_first()
    for shown in (False, False, True, False, False):
        border.there.held.clear()
        if shown:
            border.there.held.put(held.number, held)
        await border.unheard()
        await border.heard()
    found = await border.of(case)
    assert (found.state, found.silent) == (SentState.TAKEN, 2)


async def test_the_event_of_a_dispatch_may_come_twice(border: Border) -> None:
    await border.known()
    case = await border.passed_on()
    events = [row async for row in border.city.db["outbox"].find({"type": "case.dispatched"})]
    await border.city.db["outbox"].update_many({}, {"$set": {"state": "pending", "due_at": border.city.clock.now()}})
    await border.relayed()
    await border.until(case, SentState.TAKEN)
    await border.city.db["outbox"].update_many({}, {"$set": {"state": "pending", "due_at": border.city.clock.now()}})
    await border.relayed()
    for messenger in border.messengers:
        await messenger.round()
    assert (len(events), border.there.posted, (await border.of(case)).state) == (1, 1, SentState.TAKEN)


async def test_a_case_that_was_taken_away_is_not_sent(border: Border) -> None:
    await border.known()
    case = await border.passed_on()
    await border.city.db["cases"].update_one({"_id": case}, {"$set": {"unit": "350100000000"}})
    assert (await border.until(case, SentState.SETTLED)).fault == "gone"
    assert border.there.posted == 0


async def test_who_died_before_he_noted_it_sends_nothing_twice(border: Border) -> None:
    """Killed between the post and the note: the lease ends, and the next one finds it there."""
    await border.known()
    case = await border.passed_on()
    first = border.messengers[0]
    note, calls = border.store.note, 0

    async def dying(*given: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise ConnectionError("killed")
        return await note(*given, **more)

    first._sent.note = dying  # type: ignore[method-assign]
    await first.round()
    assert border.there.posted == 1
    await border.city.db["neighbour_cases"].update_one({"_id": case}, {"$set": {"free_at": border.city.clock.now()}})
    first._sent.note = note  # type: ignore[method-assign]
    await border.until(case, SentState.TAKEN)
    assert border.there.posted == 1


async def test_many_at_once_by_three_messengers_are_each_sent_once(border: Border) -> None:
    await border.known()
    await border.control("faults", drop=True, after=True, share=0.3)
    cases = [await border.passed_on(f"积水 {n}") for n in range(8)]
    for case in cases:
        await border.until(case, SentState.TAKEN)
    descriptions = [one.form["description"] for one in border.there.held.newest_first()]
    assert (border.there.posted, len(set(descriptions))) == (8, 8)


async def test_a_settled_one_is_not_sent_again(border: Border) -> None:
    await border.known()
    case = await border.passed_on()
    await border.until(case, SentState.TAKEN)
    await border.control("requests/N000001", status="closed", status_notes="")
    await border.heard()
    assert (await border.case(case)).reply == "莆田市已办结。"
    with pytest.raises(NeighbourCaseSettled):
        await border.city.services.voice.neighbours.send_again(OPS, case)


async def test_the_key_is_sealed_and_an_address_is_checked(border: Border) -> None:
    one = await border.known()
    row = await border.city.db["neighbours"].find_one({"_id": one.code})
    assert row is not None
    assert KEY.encode() not in row["key"]
    assert await border.neighbours.key(one.code) == KEY
    for wrong in ("ftp://x", "http://169.254.169.254/latest", "not an address"):
        with pytest.raises(NeighbourInvalid) as refused:
            await border.known(url=wrong)
        assert refused.value.field == "url"
    for field, value in (("code", "X"), ("unit", "nobody"), ("name", ""), ("service", "")):
        with pytest.raises(NeighbourInvalid) as refused:
            await border.known(**{field: value})
        assert refused.value.field == field
