"""Watching a bus that passes a stop twice: the time at which one boards is meant, not the end of the loop."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest

from app.domains.life.transit.feeds.building import parts_of
from app.domains.life.transit.feeds.model import Findings
from app.domains.life.transit.timetable.model import Timetable
from app.domains.life.transit.watches.errors import TransitTripPassed, TransitTripUnknown
from app.domains.life.transit.watches.model import Watch, WatchState, awaited, becomes
from tests.support.gtfs import feed

MONDAY = datetime.fromisoformat("2026-11-30T07:50:00+08:00")
DAY = MONDAY.date().toordinal()
MINUTE = timedelta(minutes=1)
# w1 leaves S1 at 8:00, passes it at 8:20 and ends there at 8:40.
LOOP = (
    "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "w1,08:00:00,08:00:00,S1,1\nw1,08:10:00,08:10:00,A,2\nw1,08:20:00,08:20:00,S1,3\n"
    "w1,08:30:00,08:30:00,B,4\nw1,08:40:00,08:40:00,S1,5\n"
)


@pytest.fixture(scope="module")
def table() -> Timetable:
    parts = parts_of(io.BytesIO(feed(stop_times=LOOP, frequencies=None)), Findings())
    assert parts is not None
    return Timetable("v", parts)


def trip_of(table: Timetable) -> int:
    return table.trips.of("w1")[0]


def stop_of(table: Timetable, id_: str) -> int:
    number = table.stop(id_)
    assert number is not None
    return number


@pytest.mark.parametrize("stop", ["S1", "S"])
def test_of_a_loop_the_next_time_that_one_boards_is_awaited(table: Timetable, stop: str) -> None:
    trip, at = trip_of(table), stop_of(table, stop)
    assert awaited(table, None, trip, DAY, at, MONDAY).position == 0
    assert awaited(table, None, trip, DAY, at, MONDAY + 15 * MINUTE).position == 2
    with pytest.raises(TransitTripPassed):  # at its end nobody boards
        awaited(table, None, trip, DAY, at, MONDAY + 35 * MINUTE)
    assert awaited(table, None, trip, DAY, stop_of(table, "B"), MONDAY).position == 3
    with pytest.raises(TransitTripUnknown):
        awaited(table, None, trip, DAY, stop_of(table, "C"), MONDAY)


def test_a_watch_of_a_loop_is_due_by_the_time_that_was_watched(table: Timetable) -> None:
    trip, at = trip_of(table), MONDAY + 30 * MINUTE  # 8:20, one stop after 8:10
    watch = Watch("w", "citizen", 0, "", "S1", 1, "1路", "东街口", at, at - 10 * MINUTE, MONDAY)
    assert becomes(watch, table, None, trip, DAY, MONDAY + 19 * MINUTE) is WatchState.OPEN
    assert becomes(watch, table, None, trip, DAY, MONDAY + 20 * MINUTE) is WatchState.DUE
    assert becomes(watch, table, None, trip, DAY, watch.ends_at) is WatchState.ENDED
