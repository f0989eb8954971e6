"""Importing feeds: whatever is valid is taken, whatever is not changes nothing, and what is wrong is named."""

from __future__ import annotations

import asyncio
import base64
import io
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

import httpx2
import pytest
from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2 as gtfs
from starlette.applications import Starlette

from app.core.errors import Unavailable
from app.domains.life.transit.feeds.archive import MOST_PACKED
from app.domains.life.transit.feeds.building import parts_of
from app.domains.life.transit.feeds.errors import FeedOvertaken, FeedRefused, FeedRunning, FeedUnknown
from app.domains.life.transit.feeds.model import FeedVersion, FindingKind, Findings, VersionState
from app.domains.life.transit.realtime.model import HeardStop
from app.domains.life.transit.timetable.model import Parts
from app.gateways.transit import HttpTransitFeed
from app.gateways.transit import read as understood
from mocks.bus_lines import feed as city_feed
from mocks.transit import Transit
from tests.conftest import Databases
from tests.support.api import OPS
from tests.support.gtfs import CAIRNS, TOWN, feed
from tests.support.transit import MONDAY, ZONE, Town, town


@pytest.fixture(scope="module")
def name(databases: Databases) -> Iterator[str]:
    with databases.lent() as name:
        yield name


@pytest.fixture(scope="module")
async def here(database_uri: str, name: str) -> AsyncIterator[Town]:
    async with town(database_uri, name) as made:
        yield made


def read(file: bytes) -> tuple[Parts | None, list[tuple[FindingKind, str, int]]]:
    found = Findings()
    parts = parts_of(io.BytesIO(file), found)
    return parts, [(one.kind, one.file, one.line) for one in found.listed()]


class _Endless(io.BytesIO):
    """Says that it goes on beyond all bounds."""

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return MOST_PACKED + 1 if whence == io.SEEK_END else super().seek(offset, whence)


def test_a_file_beyond_all_bounds_is_not_opened_and_members_without_a_name_are_left_out() -> None:
    found = Findings()
    assert parts_of(_Endless(feed()), found) is None
    assert [one.kind for one in found.listed()] == [FindingKind.ARCHIVE_SIZE]
    for name in (".", "\0"):
        parts, _ = read(feed({**TOWN, name: "x"}))
        assert parts is not None, name


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def with_line(table: str, line: str) -> str:
    return TOWN[table] + line + "\n"


_TIMES = TOWN["stop_times.txt"]


def call(line: str) -> bytes:
    return feed(stop_times=with_line("stop_times.txt", line))


def without(word: str, table: str) -> str:
    return "".join(f"{line}\n" for line in TOWN[table].splitlines() if word not in line)


_NO_FEAST = {**TOWN, "trips.txt": without("FEAST", "trips.txt"), "stop_times.txt": without("f1,", "stop_times.txt")}
_QUOTED = 'agency_id, agency_name, agency_timezone\nT,"Town ""Bus"", Ltd", Asia/Shanghai \n'
_DATES = "service_id,date,exception_type\nWK,20261130,1\nWE,20261129,1\nFEAST,20261130,1\n"
_MORE = {"fare_rules.txt": "x\n", "__MACOSX/._stops.txt": "x", ".DS_Store": "x"}
_NO_DAY = with_line("calendar.txt", "X,1,1,1,1,1,1,1,20260230,20261231")
_BACKWARDS = "\n".join([_TIMES.splitlines()[0], *sorted(_TIMES.splitlines()[1:], reverse=True)])


def test_the_town_is_taken_and_what_is_left_out_of_it_is_said() -> None:
    parts, found = read(feed())
    assert found == [(FindingKind.TRANSFER, "transfers.txt", 3)]
    assert parts is not None
    assert (len(parts.stops), len(parts.routes), parts.zone, parts.publisher) == (7, 3, "Asia/Shanghai", "Town")
    assert len(parts.trips) == 11  # six by their times, three and two by headways
    assert parts.latest == 25 * 3600 + 600


@pytest.mark.parametrize(
    ("what", "file"),
    [
        ("in a folder", feed(folder="town/2026/")),
        ("with a byte order mark", feed(stops="\ufeff" + TOWN["stops.txt"])),
        ("with Windows' line ends", feed({name: text.replace("\n", "\r\n") for name, text in TOWN.items()})),
        ("columns in another order", feed(transfers="to_stop_id,from_stop_id\nD,C\n")),
        ("rows in another order", feed(stop_times=_BACKWARDS)),
        ("without what is optional", feed(shapes=None, transfers=None, feed_info=None, frequencies=None)),
        ("quoted, with blanks", feed(agency=_QUOTED)),
        ("without calendar.txt", feed(calendar=None, calendar_dates=_DATES)),
        ("without calendar_dates.txt", feed(_NO_FEAST, calendar_dates=None)),
        ("with what nobody reads", feed({**TOWN, **_MORE})),
    ],
)  # fmt: skip
def test_every_valid_form_of_a_feed_is_taken(what: str, file: bytes) -> None:
    parts, found = read(file)
    assert parts is not None, (what, found)
    assert len(parts.calls) >= 12


BROKEN = [
    (b"no zip at all", FindingKind.ARCHIVE, "", 0),
    (feed()[:-400], FindingKind.ARCHIVE, "", 0),
    (feed({**TOWN, "../stops.txt": "x"}), FindingKind.ARCHIVE_PATH, "", 0),
    (feed({**TOWN, "/etc/agency.txt": "x"}), FindingKind.ARCHIVE_PATH, "", 0),
    (zipped(**{"stops.txt": b"0" * 5_000_000}), FindingKind.ARCHIVE_SIZE, "stops.txt", 0),
    (feed({**TOWN, "copy/stops.txt": "stop_id\n"}), FindingKind.FILE_TWICE, "stops.txt", 0),
    (feed(trips=None), FindingKind.FILE_MISSING, "trips.txt", 0),
    (feed(calendar=None, calendar_dates=None), FindingKind.FILE_MISSING, "calendar.txt", 0),
    (feed(routes="route_id,route_short_name\nR1,1\n"), FindingKind.COLUMN_MISSING, "routes.txt", 1),
    (zipped(**{name: text.encode("gb18030") for name, text in TOWN.items()}), FindingKind.ENCODING, "stops.txt", 2),
    (feed(stops='stop_id,stop_name\n"A,x\n' + "x" * 200_000), FindingKind.LINE, "stops.txt", 3),
    (feed(agency=TOWN["agency.txt"].replace("Asia/Shanghai", "Asia/Atlantis")), FindingKind.TIME_ZONE, "agency.txt", 2),
    (feed(agency=TOWN["agency.txt"] + "U,Two,https://two.test,Asia/Tokyo\n"), FindingKind.TIME_ZONE, "agency.txt", 3),
    (feed(stops=with_line("stops.txt", "A,9,x,1,1,0,,")), FindingKind.ID_TWICE, "stops.txt", 9),
    (feed(stops=with_line("stops.txt", "Z,9,x,95,1,0,,")), FindingKind.VALUE, "stops.txt", 9),
    (feed(stops=with_line("stops.txt", "Z,9,,26,119,0,,")), FindingKind.VALUE_MISSING, "stops.txt", 9),
    (feed(routes=with_line("routes.txt", "R3,Nobody,3,,3,")), FindingKind.UNKNOWN, "routes.txt", 5),
    (feed(trips=with_line("trips.txt", "R9,WK,x,,0,")), FindingKind.UNKNOWN, "trips.txt", 9),
    (feed(trips=with_line("trips.txt", "R1,NONE,x,,0,")), FindingKind.UNKNOWN, "trips.txt", 9),
    (feed(calendar=_NO_DAY), FindingKind.VALUE, "calendar.txt", 4),
    (feed(calendar_dates=with_line("calendar_dates.txt", "WK,20261231,3")), FindingKind.VALUE, "calendar_dates.txt", 5),
    (call("nobody,08:00:00,08:00:00,A,1"), FindingKind.UNKNOWN, "stop_times.txt", 22),
    (call("w1,08:20:00,08:20:00,NO,9"), FindingKind.UNKNOWN, "stop_times.txt", 22),
    (call("w1,08:20:00,08:20:00,S,9"), FindingKind.STOP_KIND, "stop_times.txt", 22),
    (call("w1,8.20,8.20,A,9"), FindingKind.VALUE, "stop_times.txt", 22),
    (call("w1,,,A,9"), FindingKind.TIME_ENDS, "stop_times.txt", 22),
    (call("w1,07:00:00,07:00:00,A,9"), FindingKind.TIME_ORDER, "stop_times.txt", 22),
    (call("w1,08:30:00,08:20:00,A,9"), FindingKind.TIME_ORDER, "stop_times.txt", 22),
    (call("w1,08:20:00,08:20:00,A,3"), FindingKind.ID_TWICE, "stop_times.txt", 22),
    (call("w1,08:20:00,08:20:00,A,x"), FindingKind.VALUE, "stop_times.txt", 22),
    (feed(stop_times="trip_id,stop_sequence,stop_id,arrival_time\n"), FindingKind.EMPTY, "", 0),
]  # fmt: skip


@pytest.mark.parametrize(("file", "kind", "table", "line"), BROKEN, ids=[f"{one[1]} {one[2]}" for one in BROKEN])
async def test_a_broken_feed_is_named_and_changes_nothing(
    here: Town, file: bytes, kind: FindingKind, table: str, line: int
) -> None:
    feeds, held = here.city.services.life.transit.feeds, here.city.services.life.transit.keeper.held
    before = await feeds.versions()
    with pytest.raises(FeedRefused) as refused:
        await here.imported(file)
    assert (kind, table, line) in {(one.kind, one.file, one.line) for one in refused.value.findings if one.breaks}
    assert await feeds.versions() == before
    assert here.city.services.life.transit.keeper.held is held


def test_of_many_faults_of_a_kind_some_are_listed_and_all_counted() -> None:
    found = Findings()
    parts_of(io.BytesIO(feed(stops=TOWN["stops.txt"] + "A,1,x,1,1,0,,\n" * 100)), found)
    listed = found.listed()
    breaking = [one for one in listed if one.breaks]
    assert [one.kind for one in breaking] == [FindingKind.ID_TWICE] * 20
    assert (breaking[-1].more, found.count()) == (80, 101)


def test_every_finding_breaks_a_feed_or_is_a_warning() -> None:
    assert {kind for _, kind, _, _ in BROKEN} | {FindingKind.TOO_MANY} == {
        kind for kind in FindingKind if kind not in {one for one in FindingKind if _warns(one)}
    }


def _warns(kind: FindingKind) -> bool:
    found = Findings()
    found.note(kind)
    return not found.broken


@pytest.mark.skipif(not CAIRNS.exists(), reason="the feed of Cairns is not on this machine")
def test_the_feed_of_cairns_is_taken_without_a_word() -> None:
    parts, found = read(CAIRNS.read_bytes())
    assert found == []
    assert parts is not None
    assert (len(parts.stops), len(parts.routes), len(parts.trips), parts.zone) == (416, 22, 1339, "Australia/Brisbane")


def changed(n: int) -> bytes:
    """Another version of the town: line 1 is called otherwise."""
    return feed(routes=TOWN["routes.txt"].replace("1路,东街口", f"{n}号,东街口"))


async def test_the_same_file_again_changes_nothing_and_another_is_switched_to(here: Town) -> None:
    transit = here.city.services.life.transit
    first = (await here.imported()).report.version
    assert (await here.imported()).fresh is False
    second = await here.imported(changed(2))
    assert second.fresh
    assert transit.keeper.held is not None
    assert [route.short for route in transit.keeper.held.routes] == ["2号", "夜班2路", "10路"]
    pointer, kept = await transit.feeds.versions()
    assert pointer is not None
    assert (pointer.version, pointer.was) == (second.report.version, first)
    assert {one.id for one in kept} >= {first, second.report.version}
    await transit.feeds.restore(OPS, first)
    assert transit.keeper.held.version == first
    with pytest.raises(FeedUnknown):
        await transit.feeds.restore(OPS, "g1-nothing")


async def test_of_two_imports_at_once_both_are_whole_and_one_is_in_force(here: Town) -> None:
    wanted = (here.imported(changed(n)) for n in (10, 11, 10))
    done = await asyncio.gather(*wanted, return_exceptions=True)
    assert all(not isinstance(one, BaseException) or isinstance(one, FeedRunning) for one in done), done
    transit = here.city.services.life.transit
    pointer, _ = await transit.feeds.versions()
    assert pointer is not None
    assert transit.keeper.held is not None
    await transit.keeper.load()
    assert transit.keeper.held.version == pointer.version
    assert transit.keeper.held.routes[0].short in ("10号", "11号")
    await here.imported()


async def test_what_an_import_left_that_was_killed_is_tidied_up_and_it_can_begin_anew(here: Town) -> None:
    transit = here.city.services.life.transit
    report = await transit.feeds.check(lambda: io.BytesIO(changed(20)))
    assert report.summary is not None
    now = here.clock.now()
    killed = FeedVersion(report.version, VersionState.LOADING, report.summary, 0, now, now, "fence", 1)
    rows = here.city.db["transit_versions"], here.city.db["transit_pieces"]
    assert await transit.feeds._feeds.begin(killed, None)
    await transit.feeds._timetables.put(killed.id, 0, ("said", b"half"))
    with pytest.raises(FeedRunning):
        await here.imported(changed(20))
    assert await transit.feeds.tidy() == 0, "its lease is not over"
    here.clock.advance(minutes=3)
    assert await transit.feeds.tidy() == 1
    assert [await one.count_documents({"_id": {"$regex": f"^{killed.id}"}}) for one in rows] == [0, 0]
    with pytest.raises(FeedOvertaken):
        await transit.feeds._written(killed, _parts(changed(20)))
    assert (await here.imported(changed(20))).fresh
    await here.imported()


def _parts(file: bytes) -> Parts:
    parts, _ = read(file)
    assert parts is not None
    return parts


async def test_versions_out_of_force_are_kept_for_two_days_and_the_one_in_force_for_good(here: Town) -> None:
    transit = here.city.services.life.transit
    await here.imported(changed(30))
    await here.imported()
    here.clock.advance(days=1)
    await transit.feeds.tidy()
    assert len((await transit.feeds.versions())[1]) >= 2
    here.clock.advance(days=2)
    await transit.feeds.tidy()
    pointer, kept = await transit.feeds.versions()
    assert pointer is not None
    assert [one.id for one in kept] == [pointer.version]
    here.at(MONDAY)


async def test_another_process_takes_the_new_timetable_when_the_pointer_moves(here: Town) -> None:
    transit = here.city.services.life.transit
    other = type(transit.keeper)(transit.feeds._feeds, transit.feeds._timetables)
    await other.load()
    assert other.held is not None
    first = other.held.version
    version = (await here.imported(changed(40))).report.version
    other.changed({"version": version})
    await asyncio.gather(*other._loading)
    assert other.held.version == version != first
    await here.city.db["transit_pieces"].delete_many({"version": first})
    await here.city.db["transit_feeds"].update_one({"_id": "feed"}, {"$set": {"version": first}})
    other.changed({"version": first})
    await asyncio.gather(*other._loading)
    assert other.held.version == version, "what cannot be read leaves what is held"
    await here.city.db["transit_feeds"].update_one({"_id": "feed"}, {"$set": {"version": version}})


async def test_the_desk_tries_a_feed_imports_it_and_hears_what_is_wrong(here: Town) -> None:
    feeds = here.city.services.life.transit.feeds
    over = feed(_NO_FEAST, calendar_dates=None, calendar=TOWN["calendar.txt"].replace("20261231", "20260131"))
    report = await feeds.check(lambda: io.BytesIO(over))
    assert report.usable
    assert FindingKind.EXPIRED in {one.kind for one in report.findings}
    here.at(MONDAY)
    token = await here.api.ops_token("administrator")
    headers = {"authorization": f"Bearer {token}"}
    sent = {"data": base64.b64encode(over).decode()}
    shown = (await here.api.http.post("/admin/api/transit/feed-checks", json=sent, headers=headers)).json()
    assert (shown["usable"], [one["kind"] for one in shown["findings"]]) == (True, ["transfer", "expired"])
    refused = await here.api.http.post(
        "/admin/api/transit/feeds", json={"data": base64.b64encode(feed(trips=None)).decode()}, headers=headers
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "FEED_REFUSED")
    taken = (
        await here.api.http.post(
            "/admin/api/transit/feeds", json={"data": base64.b64encode(changed(50)).decode()}, headers=headers
        )
    ).json()
    assert taken["fresh"] is True
    listed = (await here.api.http.get("/admin/api/transit/feeds", headers=headers)).json()
    assert next(one for one in listed["items"] if one["in_force"])["version"] == taken["version"]


# The stand-in and the gateway.


def stand_in() -> httpx2.AsyncBaseTransport:
    made = Transit()
    return httpx2.ASGITransport(Starlette(routes=[*made.routes(), *made.control_routes()]))


async def test_the_gateway_hears_the_stand_in_and_names_what_it_cannot_hear() -> None:
    transport = stand_in()
    feed_ = HttpTransitFeed(["http://bus.test/transit/realtime"], transport=transport)
    async with httpx2.AsyncClient(transport=transport, base_url="http://bus.test") as control:
        bus = {"trip": "1路-0-week-000", "day": f"{datetime.now(ZONE):%Y%m%d}", "stop": 3, "late": 90}
        assert (await control.post("/control/transit/buses", json=bus)).status_code == 200
        heard = await feed_.heard()
        told = next(one for one in heard.trips if (one.trip, one.day) == (bus["trip"], bus["day"]))
        assert told.stops[0] == HeardStop(3, "FZ003A", 90, None, 90, None)
        vehicle = next(one for one in heard.vehicles if (one.trip, one.day) == (bus["trip"], bus["day"]))
        assert (vehicle.turn, vehicle.stopped) == (3, True)
        await control.post("/control/transit/mood", json={"mood": "broken"})
        with pytest.raises(Unavailable):
            await feed_.heard()
        await control.post("/control/transit/mood", json={"mood": "stale"})
        assert heard.stamp - (await feed_.heard()).stamp > 600
        await control.delete("/control/transit/buses")
        await control.post("/control/transit/faults", json={"status": 500})
        with pytest.raises(Unavailable):
            await feed_.heard()
    await feed_.aclose()


async def test_one_address_that_is_silent_does_not_hide_the_other() -> None:
    transport = stand_in()
    urls = ["http://bus.test/nothing", "http://bus.test/transit/realtime"]
    feed_ = HttpTransitFeed(urls, transport=transport)
    assert (await feed_.heard()).alerts
    await feed_.aclose()


@pytest.mark.parametrize("body", [b"", b"<html></html>", gtfs.FeedMessage().SerializePartialToString(), b"\x00" * 100])
def test_what_is_no_feed_is_none(body: bytes) -> None:
    with pytest.raises((DecodeError, ValueError)):
        understood(body)


def test_the_seeded_city_has_fifty_boards_and_is_taken_without_a_word() -> None:
    parts, found = read(city_feed())
    assert (found, parts is not None) == ([], True)
    assert parts is not None
    assert sum(bool(stop.code) for stop in parts.stops) >= 100
    assert parts.latest > 26 * 3600
    assert city_feed() == city_feed.__wrapped__(), "the same each time: one version"


def test_nothing_of_the_real_feed_is_in_the_repository() -> None:
    assert not CAIRNS.is_relative_to(Path(__file__).resolve().parents[2])
