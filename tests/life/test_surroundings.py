"""Readings come once, are revised, are missing; who watches a place is told once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from app.core.errors import Unavailable
from app.core.ids import new_id
from app.core.places.model import Point
from app.core.said import Said
from app.domains.life.surroundings.alerts.model import Watch, WatchedPlace, WatchWish, looked
from app.domains.life.surroundings.readings.model import (
    HOUR,
    Heard,
    Span,
    Taken,
    charted,
    hour_of,
    parted,
)
from app.domains.life.surroundings.readings.service import ReadingService
from app.domains.life.surroundings.readings.store import ReadingStore
from app.domains.life.surroundings.stations.model import Newest, Standing, StationKind
from app.domains.life.surroundings.stations.store import StationStore
from app.domains.life.surroundings.weather.errors import WeatherInvalid, WeatherLifted
from app.domains.life.surroundings.weather.model import (
    LEVELS,
    HeardWeather,
    Weather,
    WeatherKind,
    WeatherLevel,
    WeatherNotice,
    WeatherState,
)
from app.domains.life.surroundings.weather.service import WeatherService
from app.domains.life.surroundings.weather.store import WeatherStore
from app.wiring import City
from graphql_schema.types.common import parse_global_id
from tests.conftest import Fakes
from tests.support.api import OPS, Api
from tests.support.surroundings import CLEAN, HERE, RIVER, SMOG, station, told

HERE_SENT = {"latitude": HERE.latitude, "longitude": HERE.longitude}


@pytest.fixture
def city(shared_city: tuple[City, Fakes]) -> City:
    return shared_city[0]


async def test_an_hour_is_there_once_however_often_it_is_told(city: City) -> None:
    readings, now = city.services.life.surroundings.readings, city.clock.now()
    one = await station(city)
    heard = told(one, now, 24)
    assert await readings.take(heard) == Taken(new=24)
    assert await readings.take([*heard, *heard]) == Taken(again=48)
    assert len(await readings.recent(one.id)) == 24
    assert len(await ReadingStore(city.db).history(one.id, now - HOUR * 48, now)) == 24


async def test_two_who_bring_the_same_hours_at_once_bring_them_once(city: City) -> None:
    readings, one = city.services.life.surroundings.readings, await station(city)
    heard = told(one, city.clock.now(), 12)
    done = await asyncio.gather(*(readings.take(heard) for _ in range(4)))
    assert sum(each.new for each in done) == 12
    assert len(await ReadingStore(city.db).history(one.id, city.clock.now() - HOUR * 48, city.clock.now())) == 12


async def test_a_revision_is_kept_as_one_and_those_after_it_are_counted_again(city: City) -> None:
    readings, stations = city.services.life.surroundings.readings, city.services.life.surroundings.stations
    one, now = await station(city), city.clock.now()
    await readings.take(told(one, now, 24, SMOG))
    before = await stations.one(one.id)
    assert before is not None
    assert before.now is not None
    assert before.now.standing is not None
    assert before.now.standing.by == ("pm25",)
    revised = [Heard(one.id, hour_of(now) - HOUR * 20, CLEAN)]
    assert await readings.take(revised) == Taken(revised=1)
    after = await stations.one(one.id)
    assert after is not None
    assert after.now is not None
    assert after.now.standing is not None
    assert after.now.standing.value < before.now.standing.value
    kept = await ReadingStore(city.db).history(one.id, now - HOUR * 48, now)
    assert [reading.rev for reading in kept if reading.at == revised[0].at] == [2]
    assert len(kept) == 24


async def test_what_comes_late_fills_its_gap_and_the_newest_stays_the_newest(city: City) -> None:
    rooms, one, now = city.services.life.surroundings, await station(city), city.clock.now()
    heard = told(one, now, 24)
    await rooms.readings.take([each for each in heard if each.at != hour_of(now) - HOUR * 5])
    found = await rooms.readings.chart(one.id, Span.DAY, "pm25")
    assert found is not None
    assert [point.hours for point in found.points].count(0) == 1
    assert await rooms.readings.take(heard[5:6]) == Taken(new=1)
    found = await rooms.readings.chart(one.id, Span.DAY, "pm25")
    assert found is not None
    assert all(point.mean == 15 for point in found.points)
    newest = await rooms.stations.one(one.id)
    assert newest is not None
    assert newest.now is not None
    assert newest.now.at == hour_of(now)


@pytest.mark.parametrize(
    ("off", "values"),
    [(HOUR * 2, CLEAN), (-HOUR * 80, CLEAN), (timedelta(minutes=-90), CLEAN), (-HOUR, {}), (-HOUR, {"ozone": 3.0})],
)
async def test_what_is_of_no_hour_that_can_be_told_now_is_refused(
    city: City, off: timedelta, values: dict[str, float]
) -> None:
    one = await station(city)
    heard = [Heard(one.id, hour_of(city.clock.now()) + off, values)]
    taken = await city.services.life.surroundings.readings.take(heard)
    assert taken == Taken(refused=1)


def test_impossible_values_are_left_out_and_named() -> None:
    values, doubtful = parted(StationKind.AIR, {**CLEAN, "pm25": -3.0, "o3": 99_999.0, "nonsense": 1.0})
    assert set(values) == {"so2", "no2", "co", "pm10"}
    assert doubtful == ("o3", "pm25")


async def test_a_station_that_is_silent_is_said_to_be_stale(city: City, shared_api: Api) -> None:
    one = await station(city, point=Point(26.2, 119.5))
    await city.services.life.surroundings.readings.take(told(one, city.clock.now() - HOUR * 4, 24))
    near = await shared_api.data("StationsNear", position={"latitude": 26.2, "longitude": 119.5}, kind="AIR", first=50)
    found = next(each["station"] for each in near if each["station"]["code"] == one.id)
    assert (found["stale"], len(found["values"])) == (True, 6)


def test_a_chart_has_few_points_with_gaps_where_nothing_is_known() -> None:
    now = datetime.fromisoformat("2026-11-22T08:30:00+00:00")
    values = {hour_of(now) - HOUR * back: float(back) for back in range(24 * 31) if back % 24 != 3}
    sizes = {span: charted(values, span, now) for span in Span}
    assert {span: len(points) for span, points in sizes.items()} == {Span.DAY: 24, Span.WEEK: 28, Span.MONTH: 30}
    assert [point.hours for point in sizes[Span.DAY]].count(0) == 1
    week = sizes[Span.WEEK][1]
    assert week.least is not None
    assert week.most is not None
    assert week.mean is not None
    assert week.least <= week.mean <= week.most
    assert max(point.hours for point in sizes[Span.MONTH]) == 23


class _Feed:
    """Tells what it is given; None: it does not answer."""

    def __init__(self, heard: Sequence[Heard] | None, weather: Sequence[HeardWeather] | None = ()) -> None:
        self.heard, self.told = heard, weather

    async def readings(self, since: datetime) -> Sequence[Heard]:
        if self.heard is None:
            raise Unavailable
        return self.heard

    async def weather(self) -> Sequence[HeardWeather]:
        if self.told is None:
            raise Unavailable
        return self.told


async def test_a_feed_that_does_not_answer_changes_nothing(city: City) -> None:
    rooms = city.services.life.surroundings
    service = ReadingService(
        *(city.db, _Feed(None), ReadingStore(city.db), StationStore(city.db), rooms.stations),
        *(city.outbox, city.audit, city.once, city.clock),
    )
    assert await service.pull() is None
    assert await rooms.readings.pull() is None  # a city without a feed


# Watches


def _watch(level: int = 3, kind: StationKind = StationKind.AIR) -> Watch:
    wish = WatchWish(WatchedPlace.HOME, HERE, kind, level)
    return Watch("w", "c", 0, wish, "s", datetime.fromisoformat("2026-11-20T00:00:00+00:00"))


def test_one_is_told_once_and_again_only_after_it_fell_below_by_a_margin() -> None:
    now, rings, watch = datetime.fromisoformat("2026-11-22T02:00:00+00:00"), [], _watch()
    for hour, value in enumerate([90, 101, 120, 99, 101, 92, 101, 90, 101, 130]):
        at = now + HOUR * hour
        watch, rang = looked(watch, Newest(at, {}, Standing(value, 0)), at)
        rings.append(rang)
    assert [hour for hour, rang in enumerate(rings) if rang] == [1, 8]


def test_on_another_day_one_is_told_again() -> None:
    evening = datetime.fromisoformat("2026-11-22T15:00:00+00:00")  # 23:00 in the city
    watch, rang = looked(_watch(), Newest(evening, {}, Standing(150, 3)), evening)
    assert rang
    later = evening + HOUR
    watch, rang = looked(watch, Newest(later, {}, Standing(150, 3)), later)
    assert rang
    assert not looked(watch, Newest(later, {}, Standing(150, 3)), later)[1]


@pytest.mark.parametrize("newest", [None, Standing(500, 6)])
def test_what_is_old_or_says_nothing_rings_nobody(newest: Standing | None) -> None:
    now = datetime.fromisoformat("2026-11-22T15:00:00+00:00")
    at = now - HOUR * 4 if newest else now
    assert looked(_watch(), Newest(at, {}, newest), now) == (_watch(), False)


async def test_a_watch_is_told_once_though_it_is_looked_at_by_two(city: City, shared_api: Api) -> None:
    person, rooms = await shared_api.sign_in(shared_api.person()), city.services.life.surroundings
    point = Point(26.05, 119.3)
    one = await station(city, point=point)
    wish = {"place": "HOME", "position": {"latitude": 26.05, "longitude": 119.3}, "kind": "AIR", "level": 3}
    made = await shared_api.data("WatchSurroundings", person.token, input=wish, key=new_id())
    assert made["__typename"] == "SurroundingsWatchSet", made
    assert made["watch"]["station"]["code"] == one.id
    await rooms.readings.take(told(one, city.clock.now(), 24, SMOG))
    await asyncio.gather(rooms.watches.look(), rooms.watches.look())
    await rooms.watches.look()
    citizen = parse_global_id(person.citizen_id or "")[1]
    events = await city.db["outbox"].find({"type": "surroundings.air", "citizen": citizen}).to_list(None)
    assert len(events) == 1
    assert [one.name.en in each["body"] for each in await shared_api.told(person)] == [True]
    seen = await shared_api.data("SurroundingsWatches", person.token)
    assert [(each["armed"], each["place"]) for each in seen] == [(False, "HOME")]
    again = await shared_api.data("WatchSurroundings", person.token, input=wish, key=new_id())
    assert (again["__typename"], again["field"]) == ("SurroundingsWatchInvalid", "place")
    dropped = await shared_api.data("DropSurroundingsWatch", person.token, watch=seen[0]["id"], key=new_id())
    assert dropped == {"__typename": "SurroundingsWatchDropped", "dropped": seen[0]["id"]}
    await shared_api.refused(
        "SurroundingsWatchUnknown", "DropSurroundingsWatch", person.token, watch=seen[0]["id"], key=new_id()
    )


async def test_a_watch_has_a_name_of_ones_own_and_outlives_its_station(city: City, shared_api: Api) -> None:
    person, rooms = await shared_api.sign_in(shared_api.person()), city.services.life.surroundings
    near, far = [await station(city, point=Point(30.0 + off, 110.0)) for off in (0.01, 0.1)]
    at = {"latitude": 30.0, "longitude": 110.0}
    wish = {"place": "OTHER", "name": " 外婆家  老屋 ", "position": at, "kind": "AIR", "level": 3}
    made = await shared_api.data("WatchSurroundings", person.token, input=wish, key=new_id())
    assert (made["watch"]["name"], made["watch"]["station"]["code"]) == ("外婆家 老屋", near.id)
    row = await city.db["surroundings_watches"].find_one({"citizen": parse_global_id(person.citizen_id or "")[1]})
    assert row is not None
    assert "外婆" not in str(row)
    long = {**wish, "name": "一" * 21}
    refused = await shared_api.refused(
        "SurroundingsWatchInvalid", "WatchSurroundings", person.token, input=long, key=new_id()
    )
    assert refused == {"field": "name"}

    await rooms.stations.turn(OPS, near.id, new_id(), active=False)
    await rooms.readings.take(told(far, city.clock.now(), 24, SMOG))
    await rooms.watches.look()
    [seen] = await shared_api.data("SurroundingsWatches", person.token)
    assert (seen["station"]["code"], seen["armed"]) == (far.id, False), "told by the station that is nearest now"


async def test_nobody_watches_where_nothing_is_measured_or_a_level_that_is_none(shared_api: Api) -> None:
    person = await shared_api.sign_in(shared_api.person())
    far = {"place": "OTHER", "position": {"latitude": -40.0, "longitude": 10.0}, "kind": "AIR", "level": 3}
    await shared_api.refused("NoStationNear", "WatchSurroundings", person.token, input=far, key=new_id())
    wrong = {**far, "level": 7}
    refused = await shared_api.refused(
        "SurroundingsWatchInvalid", "WatchSurroundings", person.token, input=wrong, key=new_id()
    )
    assert refused == {"field": "level"}
    nowhere = {**far, "position": {"latitude": 95.0, "longitude": 10.0}}
    await shared_api.refused("PlaceNotOnEarth", "WatchSurroundings", person.token, input=nowhere, key=new_id())


async def test_eleven_watches_at_once_leave_ten(city: City, shared_api: Api) -> None:
    person = await shared_api.sign_in(shared_api.person())
    points = [Point(24.0 + 0.5 * n, 117.0) for n in range(11)]
    for point in points:
        await station(city, point=point)

    async def watch(point: Point) -> str:
        at = {"latitude": point.latitude, "longitude": point.longitude}
        wish = {"place": "OTHER", "position": at, "kind": "AIR", "level": 3}
        done = await shared_api.data("WatchSurroundings", person.token, input=wish, key=new_id())
        return str(done["__typename"])

    kinds = await asyncio.gather(*map(watch, points))
    assert sorted(kinds) == ["SurroundingsWatchSet"] * 10 + ["SurroundingsWatchesFull"]


# What everybody sees, and who runs stations


async def test_everybody_sees_what_is_near_with_its_words(city: City, shared_api: Api) -> None:
    point = Point(25.7, 119.1)
    one, river = await station(city, point=point), await station(city, StationKind.WATER, point)
    readings = city.services.life.surroundings.readings
    await readings.take([*told(one, city.clock.now(), 24, SMOG), *told(river, city.clock.now(), 1, RIVER)])
    at = {"latitude": 25.7, "longitude": 119.1}
    near = await shared_api.data("StationsNear", position=at, kind=None, first=2)
    found = {each["station"]["code"]: each["station"]["standing"] for each in near}
    assert found[one.id]["words"] == "Moderately polluted"
    assert (found[one.id]["value"], found[one.id]["by"]) == (172, ["pm25"])
    assert found[river.id]["words"] == "Class I"
    city_wide = await shared_api.data("Surroundings")
    assert {line["kind"] for line in city_wide} == {"AIR", "WATER"}
    shown = await shared_api.data("Station", id=near[0]["station"]["id"])
    assert shown == near[0]["station"]
    assert await shared_api.codes(
        "StationsNear", position={"latitude": 91.0, "longitude": 0.0}, kind=None, first=1
    ) == ["BAD_INPUT"]


async def test_who_runs_a_station_reports_for_it_and_for_no_other(city: City, shared_api: Api) -> None:
    token = await shared_api.provider("test-measures", ("surroundings",))
    own, other = await station(city, operator="test-measures"), await station(city)
    [shown] = [one for one in await shared_api.data("RunStations", token, "provider") if one["code"] == own.id]
    at = hour_of(city.clock.now()) - HOUR
    sent = [{"at": at.isoformat(), "values": [{"measure": "pm25", "value": 40.0}]}]
    asked = {"station": shown["id"], "readings": sent}
    done = await shared_api.data("ReportReadings", token, "provider", **asked, key=new_id())
    assert done == {"__typename": "ReadingsTaken", "new": 1, "revised": 0, "again": 0, "refused": 0}
    [foreign] = [one for one in await shared_api.data("Stations", kind="AIR") if one["code"] == other.id]
    await shared_api.refused(
        *("StationUnknown", "ReportReadings", token, "provider"), station=foreign["id"], readings=sent, key=new_id()
    )
    late = [{**sent[0], "at": (at - HOUR * 90).isoformat()}]
    told_late = await shared_api.refused(
        *("StationReadingInvalid", "ReportReadings", token, "provider"),
        station=shown["id"],
        readings=late,
        key=new_id(),
    )
    assert told_late == {"field": "at"}


# Severe weather


def _says(city: City, level: WeatherLevel = WeatherLevel.BLUE, areas: tuple[str, ...] = ()) -> Weather:
    until = city.clock.now() + HOUR * 6
    return Weather(WeatherKind.TYPHOON, level, Said("台风将在夜间登陆，请减少外出。", "Stay indoors."), until, areas)


@pytest.mark.parametrize("kind", list(WeatherKind))
def test_each_kind_has_the_levels_of_its_annex_and_no_others(kind: WeatherKind) -> None:
    now = datetime.fromisoformat("2026-11-22T02:00:00+00:00")
    for level in WeatherLevel:
        says = Weather(kind, level, Said("请注意防范。"), now + HOUR)
        if level in LEVELS[kind]:
            assert says.checked(now) is says
        else:
            with pytest.raises(WeatherInvalid):
                says.checked(now)


class _Crier:
    def __init__(self) -> None:
        self.heard: list[tuple[str, int, bool]] = []

    async def tell(self, notice: WeatherNotice) -> None:
        self.heard.append((notice.id, notice.version, notice.rings))


async def test_a_notice_is_issued_raised_and_lifted_and_each_step_is_told_once(city: City, shared_api: Api) -> None:
    weather, crier = city.services.life.surroundings.weather, _Crier()
    made = await weather.issue(OPS, _says(city), new_id())
    await weather.tell(crier)
    raised = await weather.update(OPS, made.id, _says(city, WeatherLevel.RED), new_id())
    await weather.tell(crier)
    await weather.tell(crier)
    shown = await shared_api.data("WeatherNotices", position=HERE_SENT)
    mine = next(one for one in shown if one["version"] == 2)
    assert (mine["title"], mine["weatherState"]) == ("Red warning: typhoon", "UPDATED")
    assert shown[0] == mine  # the highest first
    lifted = await weather.cancel(OPS, made.id, new_id())
    await weather.tell(crier)
    assert [step for step in crier.heard if step[0] == made.id] == [
        (made.id, 1, False),
        (made.id, 2, True),
        (made.id, 3, False),
    ]
    assert (raised.state, lifted.state) == (WeatherState.UPDATED, WeatherState.CANCELLED)
    assert [one for one in await shared_api.data("WeatherNotices", position=None) if one["id"] == mine["id"]] == []
    with pytest.raises(WeatherLifted):
        await weather.update(OPS, made.id, _says(city), new_id())


async def test_what_the_weather_service_tells_is_there_once_follows_it_and_survives_nonsense(city: City) -> None:
    now = city.clock.now()
    blue = HeardWeather(f"fj-{new_id()}", _says(city), now)
    nonsense = HeardWeather(f"fj-{new_id()}", _says(city, areas=("999999999999",)), now)
    feed = _Feed((), [blue, nonsense])
    service = WeatherService(
        *(city.db, feed, WeatherStore(city.db), _Everywhere(), city.audit, city.once, city.clock),
    )
    assert [await service.pull() for _ in range(3)] == [1, 0, 0]
    feed.told = [HeardWeather(blue.source, _says(city, WeatherLevel.ORANGE), now)]
    assert await service.pull() == 1
    feed.told = [HeardWeather(blue.source, blue.says, now, cancelled=True)]
    assert [await service.pull() for _ in range(2)] == [1, 0]
    feed.told = None
    assert await service.pull() is None


class _Everywhere:
    def of(self, point: Point) -> str | None:
        return None

    def holds(self, code: str) -> bool:
        return code != "999999999999"
