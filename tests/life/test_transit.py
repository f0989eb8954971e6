"""Stops, departures, journeys, favourites and watches, as citizens ask for them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core.ids import new_id
from app.domains.life.transit.realtime.model import Alert, HeardStop, HeardTrip
from app.domains.life.transit.timetable.model import polyline
from app.seed.demo import as_citizen
from graphql_schema.types.common import global_id
from tests.conftest import Databases
from tests.support.api import Person
from tests.support.transit import DAY, MINUTE, MONDAY, ZONE, Town, late, stop_id, town


@pytest.fixture(scope="module")
def name(databases: Databases) -> Iterator[str]:
    with databases.lent() as name:
        yield name


@pytest.fixture(scope="module")
async def shared_town(database_uri: str, name: str) -> AsyncIterator[Town]:
    async with town(database_uri, name) as made:
        yield made


@pytest.fixture
async def here(shared_town: Town) -> Town:
    """At 7:50 on a Monday, and nothing is heard of any bus."""
    shared_town.at(MONDAY)
    for rows in ("transit_live", "transit_looks"):  # heard later than the hour that it is again
        await shared_town.city.db[rows].delete_many({})
    shared_town.says()
    assert await shared_town.listen() == "ok"
    return shared_town


def clock(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(ZONE).strftime("%H:%M")


async def board(here: Town, stop: str = "S1", first: int = 3, **more: Any) -> dict[str, Any]:
    return await here.api.data("TransitDepartures", stop=stop_id(stop), first=first, **more)  # type: ignore[no-any-return]


def said(board: dict[str, Any]) -> list[tuple[str, str, str, str | None]]:
    """(line, scheduled, state, expected)."""
    return [
        (
            one["route"]["name"],
            clock(one["scheduledAt"]),
            one["state"],
            clock(one["expectedAt"]) if one["expectedAt"] else None,
        )
        for one in board["departures"]
    ]


async def test_stops_near_are_the_nearest_first_with_what_calls_there(here: Town) -> None:
    place = {"latitude": 26.0851, "longitude": 119.3001}
    found = await here.api.data("TransitStopsNear", place=place, metres=900.0, first=3)
    assert [(one["stop"]["code"], one["metres"] < 900) for one in found] == [
        ("1001", True),
        ("1002", True),
        ("1003", True),
    ]
    assert [route["name"] for route in found[0]["stop"]["routes"]] == ["1路", "10路"]
    nowhere = {"latitude": 91.0, "longitude": 0.0}
    assert await here.api.codes("TransitStopsNear", place=nowhere, metres=900.0, first=3) == ["BAD_INPUT"]
    assert await here.api.codes("TransitStopsNear", place=place, metres=9e9, first=3) == ["BAD_INPUT"]


async def test_a_stop_is_found_by_the_code_on_its_pole_and_by_its_name(here: Town) -> None:
    assert (await here.api.data("TransitStop", code="1003"))["name"] == "Gate, East"
    assert await here.api.data("TransitStop", code="9999") is None
    for words in ("东街口", "東街口", "dongjiekou", "东街"):
        found = await here.api.data("SearchTransit", words=words, first=5)
        assert [(one["name"], one["station"]) for one in found] == [("东街口", True)], words
    answer = (await here.api.raw("SearchTransit", {"words": "10路", "first": 5})).json()["data"]
    assert [one["name"] for one in answer["searchTransitRoutes"]] == ["10路"]


async def test_a_route_shows_its_directions_with_their_stops_and_their_way(here: Town) -> None:
    route = await here.api.data("TransitRoute", id=global_id("TransitRoute", "R1"))
    assert [
        (one["direction"], one["sign"], [stop["name"] for stop in one["stops"]]) for one in route["directions"]
    ] == [
        (0, "五一广场", ["东街口", "Gate, East", "五一广场"]),
        (1, "东街口", ["五一广场", "Gate, East", "东街口"]),
    ]
    assert route["directions"][0]["line"] == polyline([(26.0851, 119.3001), (26.09, 119.305), (26.095, 119.31)])
    assert (route["kind"], route["colour"], route["agency"]) == ("BUS", "FF0000", "Town Bus")


async def test_departures_are_by_the_timetable_when_nothing_is_heard(here: Town) -> None:
    assert said(await board(here)) == [
        ("10路", "07:50", "SCHEDULED", None),
        ("1路", "08:00", "SCHEDULED", None),
        ("1路", "08:30", "SCHEDULED", None),
    ]
    only = await board(here, route=global_id("TransitRoute", "R1"), first=1)
    assert said(only) == [("1路", "08:00", "SCHEDULED", None)]
    sunday = await board(here, at="2026-12-06T00:00:00Z", first=1)
    assert said(sunday) == [("1路", "09:00", "SCHEDULED", None)]
    assert await board(here, "NOWHERE") is None


async def test_what_is_late_is_shown_when_it_comes_and_what_does_not_run_is_said(here: Town) -> None:
    here.says(late("w1", 600), HeardTrip("w2", DAY, cancelled=True))
    assert await here.listen() == "ok"
    here.at(MONDAY + 12 * MINUTE)
    shown = await board(here)
    assert shown["liveAt"] is None, "twelve minutes later it is live no more"
    assert [one[1] for one in said(shown)] == ["08:30", "09:00"] or said(shown)[0][1] == "08:30"
    here.says(late("w1", 600), HeardTrip("w2", DAY, cancelled=True))
    await here.listen()
    shown = await board(here, first=2)
    assert said(shown) == [("1路", "08:00", "LIVE", "08:10"), ("1路", "08:30", "CANCELLED", None)]
    assert shown["liveAt"] is not None


async def test_a_stop_that_is_left_out_is_said_and_those_after_it_are_as_late(here: Town) -> None:
    stops = (HeardStop(1, "", departure_delay=120), HeardStop(2, "", skipped=True), HeardStop(3, "", arrival_delay=60))
    here.says(HeardTrip("w1", DAY, stops=stops))
    await here.listen()
    assert said(await board(here, "A", 1)) == [("1路", "08:05", "SKIPPED", None)]
    trip = (await board(here, "S1", 2))["departures"][1]["tripId"]
    calls = (await here.api.data("TransitTrip", id=trip))["calls"]
    assert [(clock(one["departsAt"]), one["skipped"]) for one in calls] == [
        ("08:00", False),
        ("08:05", True),
        ("08:10", False),
    ]
    assert clock(calls[2]["expectedAt"]) == "08:11"


async def test_trips_nobody_knows_and_old_news_are_not_shown(here: Town) -> None:
    before = await board(here)
    here.says(late("nobody-knows", 600))
    assert await here.listen() == "ok"
    assert said(await board(here)) == said(before)
    here.says(late("w1", 600), ago=900)
    assert await here.listen() == "stale"
    assert said(await board(here)) == said(before)
    here.operator.heard_now = None
    assert await here.listen() == "unavailable"
    assert said(await board(here)) == said(before)


async def test_an_alert_is_shown_where_its_line_leaves_and_in_ones_language(here: Town) -> None:
    alert = Alert("x", {"zh": "绕行", "en": "Diversion"}, {}, routes=("R1",))
    here.says(alerts=(alert,))
    await here.listen()
    assert (await board(here))["alerts"] == [{"title": "Diversion", "text": ""}]
    chinese = await here.api.speaking("zh-CN").data("TransitDepartures", stop=stop_id("S1"), first=3)
    assert chinese["alerts"][0]["title"] == "绕行"
    assert (await board(here, "C"))["alerts"] == []


async def test_a_journey_without_and_with_a_change(here: Town) -> None:
    ends = {"origin": {"stopId": stop_id("S1")}, "target": {"stopId": stop_id("B")}}
    direct = await here.api.data("TransitJourneys", **ends)
    ride = next(leg for leg in direct[0]["legs"] if leg["__typename"] == "TransitRide")
    assert (direct[0]["changes"], ride["route"]["name"], clock(ride["departsAt"]), clock(ride["arrivesAt"])) == (
        0,
        "10路",
        "07:50",
        "08:00",
    )
    # By night from C: to S2 on the night line, and nothing leaves S for D but the line is one way.
    ends = {"origin": {"place": {"latitude": 26.0502, "longitude": 119.3000}}, "target": {"stopId": stop_id("B")}}
    night = await here.api.data("TransitJourneys", **ends, at="2026-11-30T23:45:00+08:00")
    assert [leg["__typename"] for leg in night[0]["legs"]][-1] == "TransitRide"
    assert clock(night[0]["arrivesAt"]) == "01:10"
    assert (
        await here.api.data("TransitJourneys", origin={"stopId": stop_id("NO")}, target={"stopId": stop_id("B")}) == []
    )
    answer = await here.api.codes("TransitJourneys", origin={}, target={"stopId": stop_id("B")})
    assert answer


async def test_where_one_is_there_as_soon_on_foot_no_bus_is_named(here: Town) -> None:
    near = {"latitude": 26.0521, "longitude": 119.3000}  # some 230 metres from C, and no bus goes there by day
    ends = {"origin": {"stopId": stop_id("C")}, "target": {"place": near}}
    (walked,) = await here.api.data("TransitJourneys", **ends)
    assert [(leg["__typename"], leg["minutes"], 200 < leg["metres"] < 260) for leg in walked["legs"]] == [
        ("TransitWalk", 5, True)
    ]
    assert (walked["changes"], clock(walked["departsAt"]), clock(walked["arrivesAt"])) == (0, "07:50", "07:54")
    for stop in ("S1", "S", "C"):  # who is there already goes nowhere
        same = {"stopId": stop_id(stop)}
        assert await here.api.data("TransitJourneys", origin=same, target=same) == []


async def test_a_journey_now_is_by_what_is_heard_and_says_which_ride_is(here: Town) -> None:
    ends = {"origin": {"stopId": stop_id("S1")}, "target": {"stopId": stop_id("B")}}

    async def first(**more: Any) -> tuple[str, ...]:
        found = (await here.api.data("TransitJourneys", **ends, **more))[0]
        ride = next(leg for leg in found["legs"] if leg["__typename"] == "TransitRide")
        times = (ride["departsAt"], ride["arrivesAt"], ride["expectedDepartsAt"], ride["expectedArrivesAt"])
        assert found["arrivesAt"] == (ride["expectedArrivesAt"] or ride["arrivesAt"])
        return tuple(clock(one) if one else "-" for one in times)

    here.at(MONDAY + 12 * MINUTE)  # the bus of 8:00 should be gone
    here.says()
    await here.listen()
    assert await first() == ("08:30", "08:40", "-", "-")
    stops = (HeardStop(1, "", departure_delay=900), HeardStop(3, "", arrival_delay=600))
    here.says(HeardTrip("w1", DAY, stops=stops))
    await here.listen()
    assert await first() == ("08:00", "08:10", "08:15", "08:20"), "it is late, and is caught"
    assert await first(at="2026-11-30T08:02:00+08:00") == ("08:30", "08:40", "-", "-"), "another time: the timetable"
    here.says(HeardTrip("w2", DAY, cancelled=True))
    await here.listen()
    assert await here.api.data("TransitJourneys", **ends) == [], "what does not run is not taken"
    skipped = (HeardStop(1, "", departure_delay=0), HeardStop(3, "", skipped=True))
    here.says(HeardTrip("w2", DAY, stops=skipped))
    await here.listen()
    assert await here.api.data("TransitJourneys", **ends) == [], "nor is what does not stop where one gets off"


async def test_favourites_are_kept_once_and_outlive_a_version_that_knows_them_no_more(here: Town) -> None:
    person = await here.api.sign_in(here.api.person())
    stop, route = {"stopId": stop_id("A")}, {"route": {"routeId": global_id("TransitRoute", "R1"), "direction": 1}}
    for wanted in (stop, route, stop):
        kept = await here.api.data("KeepTransitFavourite", person.token, input=wanted, key=new_id())
        assert kept["__typename"] == "TransitFavouriteKept"
    mine = await here.api.data("TransitFavourites", person.token)
    assert [(one["kind"], one["name"], one["direction"]) for one in mine] == [
        ("STOP", "Gate, East", None),
        ("ROUTE", "1路", 1),
    ]
    away = {"route": {"routeId": global_id("TransitRoute", "R1"), "direction": 5}}
    await here.api.refused("TransitRouteUnknown", "KeepTransitFavourite", person.token, input=away, key=new_id())
    nowhere = {"stopId": stop_id("NOWHERE")}
    await here.api.refused("TransitStopUnknown", "KeepTransitFavourite", person.token, input=nowhere, key=new_id())
    for dropped in (True, False):
        answer = await here.api.data("DropTransitFavourite", person.token, input=stop, key=new_id())
        assert answer["dropped"] is dropped
    assert len(await here.api.data("TransitFavourites", person.token)) == 1
    assert await here.api.codes("TransitFavourites") == ["UNAUTHENTICATED"]


async def watched(here: Town, person: Person, stop: str = "B", away: int = 1) -> dict[str, Any]:
    trip = (await board(here, "S1", 1, route=global_id("TransitRoute", "R1")))["departures"][0]["tripId"]
    done = await here.api.data(
        "WatchTransitTrip", person.token, trip=trip, stop=stop_id(stop), stopsAway=away, key=new_id()
    )
    assert done["__typename"] == "TransitWatchSet", done
    return done["watch"]  # type: ignore[no-any-return]


async def state(here: Town, person: Person) -> list[str]:
    """After a round; not asked by the person's token, which may have run out since."""
    watches = here.city.services.life.transit.watches
    await watches.round()
    return [one.state.name for one in await watches.mine(as_citizen(here.api.key(person)))]


async def told(here: Town, person: Person) -> list[str]:
    return [event.type for event in await here.api.events(person) if event.type.startswith("transit.")]


async def test_a_watch_fires_once_when_the_bus_is_so_many_stops_away(here: Town) -> None:
    person = await here.api.sign_in(here.api.person())
    await watched(here, person)
    assert await state(here, person) == ["OPEN"]
    here.says(late("w1", 0), vehicles=(here.vehicle("w1", 1),))
    await here.listen()
    assert await state(here, person) == ["OPEN"], "two stops away"
    here.says(late("w1", 0), vehicles=(here.vehicle("w1", 2),))
    await here.listen()
    assert await state(here, person) == ["TOLD"]
    assert await state(here, person) == ["TOLD"]
    assert await told(here, person) == ["transit.near"]


async def test_where_no_vehicle_is_seen_what_is_foretold_counts(here: Town) -> None:
    person = await here.api.sign_in(here.api.person())
    await watched(here, person)
    here.at(MONDAY + 11 * MINUTE)
    here.says(late("w1", 180))
    await here.listen()
    assert await state(here, person) == ["OPEN"], "it has not left its first stop"
    here.at(MONDAY + 19 * MINUTE)
    here.says(late("w1", 180))
    await here.listen()
    assert await state(here, person) == ["TOLD"]


async def test_without_news_a_watch_is_due_by_the_timetable_and_says_so(here: Town) -> None:
    person = await here.api.sign_in(here.api.person())
    await watched(here, person)
    here.at(MONDAY + 16 * MINUTE)
    assert await state(here, person) == ["DUE"]
    assert await told(here, person) == ["transit.due"]


async def test_who_watches_a_bus_that_does_not_run_is_told(here: Town) -> None:
    person = await here.api.sign_in(here.api.person())
    await watched(here, person)
    here.says(HeardTrip("w1", DAY, cancelled=True))
    await here.listen()
    assert await state(here, person) == ["CANCELLED"]
    assert await told(here, person) == ["transit.cancelled"]


async def test_a_watch_ends_silently_when_the_bus_is_gone(here: Town) -> None:
    person = await here.api.sign_in(here.api.person())
    await watched(here, person, "A")
    here.says(late("w1", 0, turn=3), vehicles=(here.vehicle("w1", 3),))
    await here.listen()
    assert await state(here, person) == ["ENDED"]
    assert await told(here, person) == []


async def test_a_bus_that_is_late_can_be_watched_as_long_as_the_board_shows_it(here: Town) -> None:
    here.at(MONDAY + 12 * MINUTE)  # it should have left at 8:00
    person = await here.api.sign_in(here.api.person())
    here.says(late("w1", 600), late("w2", -1500))
    await here.listen()
    shown = await board(here, "S1", 1)
    assert said(shown) == [("1路", "08:00", "LIVE", "08:10")]
    ask = {"trip": shown["departures"][0]["tripId"], "stop": stop_id("S1"), "stopsAway": 1, "key": new_id()}
    assert (await here.api.data("WatchTransitTrip", person.token, **ask))["__typename"] == "TransitWatchSet"
    here.at(MONDAY + 21 * MINUTE)
    here.says(late("w1", 600))
    await here.listen()
    await here.api.refused("TransitTripPassed", "WatchTransitTrip", person.token, **{**ask, "stopsAway": 2})
    early = {**ask, "trip": global_id("TransitTrip", "2026-11-30/30600/w2")}  # 8:30 by the timetable, 8:05 in truth
    here.says(vehicles=(here.vehicle("w2", 2),))
    await here.listen()
    await here.api.refused("TransitTripPassed", "WatchTransitTrip", person.token, **early)


async def test_watches_are_refused_by_name(here: Town) -> None:
    person, other = [await here.api.sign_in(here.api.person()) for _ in range(2)]
    shown = await board(here, "S1", 3)
    trip, stop = shown["departures"][1]["tripId"], stop_id("B")
    ask = {"trip": trip, "stop": stop, "stopsAway": 3}
    await here.api.refused(
        "TransitStopUnknown", "WatchTransitTrip", person.token, **{**ask, "stop": stop_id("NO")}, key=new_id()
    )
    await here.api.refused(
        "TransitTripUnknown", "WatchTransitTrip", person.token, **{**ask, "stop": stop_id("C")}, key=new_id()
    )
    elsewhere = global_id("TransitTrip", "2026-12-06/28800/w1")  # a Sunday
    await here.api.refused(
        "TransitTripUnknown", "WatchTransitTrip", person.token, **{**ask, "trip": elsewhere}, key=new_id()
    )
    far = global_id("TransitTrip", "2026-12-02/28800/w1")
    await here.api.refused("TransitTripPassed", "WatchTransitTrip", person.token, **{**ask, "trip": far}, key=new_id())
    assert await here.api.codes("WatchTransitTrip", person.token, **{**ask, "stopsAway": 11}, key=new_id()) == [
        "BAD_INPUT"
    ]
    first, again = [await here.api.data("WatchTransitTrip", person.token, **ask, key=new_id()) for _ in range(2)]
    assert first["watch"]["id"] == again["watch"]["id"]
    await here.api.refused(
        "TransitWatchUnknown", "DropTransitWatch", other.token, watch=first["watch"]["id"], key=new_id()
    )
    dropped = await here.api.data("DropTransitWatch", person.token, watch=first["watch"]["id"], key=new_id())
    assert dropped["watch"]["state"] == "DROPPED"
    await here.api.refused(
        "TransitWatchUnknown", "DropTransitWatch", person.token, watch=first["watch"]["id"], key=new_id()
    )


async def test_the_board_of_a_stop_is_told_anew_when_something_is_heard(here: Town) -> None:
    departures = here.city.services.life.transit.departures
    async with departures.live("S1", 2) as boards:
        first = await anext(boards)
        assert first.departures[0].expected is None
        here.says(late("w1", 240))
        await here.listen()
        second = await anext(boards)
        assert [one.expected is not None for one in second.departures] == [False, True]
    async with departures.live("NOWHERE", 2) as boards:
        assert [one async for one in boards] == []


async def test_another_process_hears_what_one_heard(here: Town) -> None:
    here.says(late("w1", 300))
    await here.listen()
    transit = here.city.services.life.transit
    held = transit.keeper.held
    assert held is not None
    await transit.live.load()
    live = transit.live.fresh_for(held)
    assert live is not None
    assert [news.stops[0].departure for news in live.trips.values()] == [300]


async def test_one_worker_asks_at_a_time(here: Town) -> None:
    listening, asked = here.city.services.life.transit.listening, here.operator.asked
    here.at(here.clock.now() + timedelta(hours=1))
    here.says()
    for _ in range(3):
        await listening.round()
    assert here.operator.asked == asked + 1
    looked = await listening.last_look()
    assert looked is not None
    assert looked[1] == "ok"
    assert looked[0].tzinfo == UTC or looked[0].utcoffset() == timedelta(0)


async def test_a_board_shows_what_leaves_in_two_languages_and_looks_again_by_itself(here: Town) -> None:
    here.says(late("w1", 600), HeardTrip("w2", DAY, cancelled=True))
    await here.listen()
    shown = await here.api.http.get("/board/1001", headers={"accept-language": "en"})
    assert (shown.status_code, "script" in shown.text) == (200, False)
    assert 'http-equiv="refresh" content="20"' in shown.text
    for words in ("东街口", "07:50", "19 min", "live", "does not run", "Live data"):
        assert words in shown.text, words
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    chinese = await here.api.http.get("/board/S?lang=zh")
    assert "站台" in chinese.text
    assert "停开" in chinese.text
    assert (await here.api.http.get("/board/%3Cscript%3E")).status_code == 404
    here.operator.heard_now = None
    here.at(MONDAY + 5 * MINUTE)
    assert "暂无实时数据" in (await here.api.http.get("/board/1001?lang=zh")).text


def test_a_line_is_encoded_as_maps_read_it() -> None:
    example = [(38.5, -120.2), (40.7, -120.95), (43.252, -126.453)]  # of Google's own description
    assert polyline(example) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"
