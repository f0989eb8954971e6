"""Departures agree with the files of the feed, on every kind of day."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domains.life.transit.calendars.model import Calendar, Service, begins, day_at, days_around, moment
from app.domains.life.transit.departures.model import next_departures
from app.domains.life.transit.feeds.building import parts_of
from app.domains.life.transit.feeds.model import Findings
from app.domains.life.transit.timetable.model import Timetable
from app.domains.life.transit.timetable.packing import packed, unpacked
from tests.support.gtfs import CAIRNS, TOWN, Independent, feed

_CITY = ZoneInfo("Asia/Shanghai")
needs_cairns = pytest.mark.skipif(not CAIRNS.exists(), reason="the feed of Cairns is not on this machine")


@cache
def table_of(file: bytes) -> Timetable:
    found = Findings()
    parts = parts_of(io.BytesIO(file), found)
    assert parts is not None, found.listed()
    again = unpacked(packed(parts))
    assert again == parts, "what is packed is what is unpacked"
    return Timetable("v", again)


@cache
def cairns() -> bytes:
    return CAIRNS.read_bytes()


@cache
def cairns_files() -> Independent:
    return Independent(cairns())


def told(table: Timetable, stop: str, begin: datetime, hours: float) -> list[tuple[datetime, str]]:
    """All that leaves within so many hours, as (moment, trip id)."""
    number = table.stop(stop)
    assert number is not None
    found = next_departures(table, None, [number], begin, 10_000, ahead=int(hours * 3600))
    return sorted((one.scheduled_at, table.trips.id(one.trip)) for one in found)


def local(file: bytes, *at: int) -> datetime:
    return datetime(*at, tzinfo=Independent(file).zone)  # type: ignore[arg-type, misc]


_BRISBANE_DAYS = {
    "a Tuesday": (2014, 6, 3, 0, 0),
    "a Saturday": (2014, 6, 7, 0, 0),
    "a feast on a Monday, which runs as a Sunday": (2014, 6, 9, 0, 0),
    "Christmas": (2014, 12, 25, 0, 0),
    "the night from Friday to Saturday": (2014, 6, 6, 22, 0),
    "the last day of the calendar": (2014, 12, 28, 0, 0),
    "the day before the first": (2014, 5, 25, 12, 0),
}


@needs_cairns
@pytest.mark.parametrize("day", _BRISBANE_DAYS)
def test_departures_in_cairns_are_those_of_the_files(day: str) -> None:
    table, files = table_of(cairns()), cairns_files()
    begin = datetime(*_BRISBANE_DAYS[day], tzinfo=files.zone)  # type: ignore[arg-type, misc]
    some = [stop.id for n, stop in enumerate(table.stops) if n % 40 == 7]
    expected = {stop: files.departures(stop, begin, begin + timedelta(hours=26)) for stop in some}
    assert {stop: told(table, stop, begin, 26) for stop in some} == expected
    assert any(expected.values()) or day == "the day before the first"


@needs_cairns
def test_a_trip_after_midnight_in_cairns_belongs_to_the_day_before() -> None:
    table, files = table_of(cairns()), cairns_files()
    late = next(
        row
        for row in files.calls
        if row["departure_time"] > "24:30" and int(row["stop_sequence"]) < files.last[row["trip_id"]]
    )
    service = files.trips[late["trip_id"]]["service_id"]
    day = next(d for n in range(200) if files.runs(service, d := date(2014, 5, 30) + timedelta(days=n)))
    begin = datetime(day.year, day.month, day.day, tzinfo=files.zone) + timedelta(days=1)
    assert told(table, late["stop_id"], begin, 6) == files.departures(
        late["stop_id"], begin, begin + timedelta(hours=6)
    )
    assert late["trip_id"] in {trip for _, trip in told(table, late["stop_id"], begin, 6)}


_TOWN_WITHOUT_GAPS = {
    **TOWN,
    "stop_times.txt": TOWN["stop_times.txt"]
    .replace("w1,,,A", "w1,08:05:00,08:05:00,A")
    .replace("w2,,,A", "w2,08:35:00,08:35:00,A"),
}


@pytest.mark.parametrize(
    ("what", "at"),
    [
        ("a Monday", (2026, 5, 4, 0, 0)),
        ("the Tuesday that is a feast", (2026, 5, 5, 0, 0)),
        ("a Sunday", (2026, 5, 10, 0, 0)),
        ("half an hour after midnight", (2026, 5, 5, 0, 15)),
    ],
)
def test_departures_of_the_town_are_those_of_the_files(what: str, at: tuple[int, ...]) -> None:
    file = feed({**_TOWN_WITHOUT_GAPS, "trips.txt": TOWN["trips.txt"]}, frequencies=None)
    begin = local(file, *at)
    for stop in ("S1", "S2", "A", "B", "C", "D"):
        expected = Independent(file).departures(stop, begin, begin + timedelta(hours=24))
        assert told(table_of(file), stop, begin, 24) == expected, (what, stop)


def test_times_between_two_that_are_told_are_spread_evenly() -> None:
    begin = local(feed(), 2026, 5, 4, 8, 0)
    assert [at.astimezone(_CITY).strftime("%H:%M") for at, _ in told(table_of(feed()), "A", begin, 0.7)] == [
        "08:05",
        "08:26",
        "08:35",
    ]


def test_a_trip_by_headways_runs_every_so_often_and_says_so() -> None:
    table, begin = table_of(feed()), local(feed(), 2026, 5, 4, 5, 0)
    stop = table.stop("S1")
    assert stop is not None
    found = next_departures(table, None, [stop], begin, 6)
    said = [(f"{one.scheduled_at.astimezone(_CITY):%H:%M}", table.trips.headways[one.trip]) for one in found]
    assert said == [("06:20", 1200), ("06:40", 1200), ("07:00", 1200), ("07:20", 0), ("07:50", 0), ("08:00", 0)]


def test_a_station_shows_what_leaves_its_platforms() -> None:
    table = table_of(feed())
    station = table.stop("S")
    assert station is not None
    assert [table.stops[n].id for n in table.platforms(station)] == ["S1", "S2"]


def test_nothing_leaves_where_a_trip_ends() -> None:
    table = table_of(feed())
    assert told(table, "B", local(feed(), 2026, 5, 4, 0, 0), 24) == [
        (datetime(2026, 5, 4, 0, 20, tzinfo=UTC), "w3"),
    ]


_services = st.builds(
    Service,
    id=st.just("s"),
    weekdays=st.integers(0, 127),
    first=st.integers(739_000, 739_050),
    last=st.integers(739_000, 739_050),
    added=st.frozensets(st.integers(738_990, 739_060), max_size=5),
    removed=st.frozensets(st.integers(738_990, 739_060), max_size=5),
)


@given(_services, st.integers(738_980, 739_070))
def test_a_service_runs_by_its_week_unless_a_day_is_excepted(service: Service, day: int) -> None:
    in_week = service.first <= day <= service.last and bool(service.weekdays & 1 << date.fromordinal(day).weekday())
    expected = day not in service.removed and (day in service.added or in_week)
    assert service.runs(day) is expected
    assert Calendar([service]).active(day) == (b"\x01" if expected else None)
    if expected:
        assert service.span is not None
        assert service.span[0] <= day <= service.span[1]


_ZONES = ("Asia/Shanghai", "Australia/Brisbane", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "UTC")


@given(st.sampled_from(_ZONES), st.integers(738_000, 741_000))
def test_a_service_day_begins_twelve_hours_before_noon(name: str, day: int) -> None:
    zone = ZoneInfo(name)
    noon = moment(day, 12 * 3600, zone).astimezone(zone)
    assert (noon.hour, noon.minute, noon.toordinal()) == (12, 0, day)
    assert abs(begins(day, zone) - moment(day, 0, zone).timestamp()) < 1


@given(st.sampled_from(_ZONES), st.integers(738_000, 741_000), st.integers(0, 40 * 3600), st.integers(0, 86_400))
def test_what_leaves_within_a_day_is_of_a_day_that_is_looked_at(name: str, day: int, seconds: int, before: int) -> None:
    zone = ZoneInfo(name)
    at = moment(day, seconds, zone) - timedelta(seconds=before)
    assert day in days_around(at, zone, 40 * 3600)


@given(st.sampled_from(_ZONES), st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001
def test_the_day_is_the_agencys_own(name: str, at: datetime) -> None:
    zone = ZoneInfo(name)
    assert day_at(at.replace(tzinfo=UTC), zone) == at.replace(tzinfo=UTC).astimezone(zone).date().toordinal()
