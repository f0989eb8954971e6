"""Tallies against the real database: added up over processes, kept through faults, read as series."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.mongo import Database, DatabaseFault
from app.core.tallies import Tallies
from app.core.tallies.model import MOST_LINES, Series
from tests.stores.support import shaped, stored

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # in the city
FIVE = timedelta(minutes=5)


class Hand:
    """A clock that stands where it is put."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def hand() -> Hand:
    return Hand()


def totals(series: Series) -> dict[tuple[str, ...], list[int | None]]:
    return {tuple(line.labels.values()): list(line.values) for line in series.lines}


async def test_what_several_processes_count_at_once_adds_up(db: Database, hand: Hand) -> None:
    await shaped(db, "tallies")
    processes = [Tallies(db, hand) for _ in range(6)]

    async def work(process: Tallies) -> None:
        for _ in range(20):
            process.count("deliveries", channel="push", outcome="accepted")
            process.count("cards_issued", 2, kind="personal")
            await process.flush()

    await asyncio.gather(*(work(process) for process in processes))
    series = await processes[0].series("deliveries", hand.at, FIVE)
    assert totals(series) == {("push", "accepted"): [120]}
    assert totals(await processes[0].series("cards_issued", hand.at, timedelta(hours=1))) == {("personal",): [240]}


async def test_several_flushes_of_one_process_at_once_count_once(db: Database, hand: Hand) -> None:
    await shaped(db, "tallies")
    tallies = Tallies(db, hand)
    tallies.count("cards_issued", kind="minor")
    await asyncio.gather(*(tallies.flush() for _ in range(8)))
    assert totals(await tallies.series("cards_issued", hand.at, FIVE)) == {("minor",): [1]}


async def test_an_event_belongs_to_the_five_minutes_it_happened_in(db: Database, hand: Hand) -> None:
    tallies = Tallies(db, hand)
    for second in (-1, 0, 299.999, 300, 301):
        hand.at = NOON + timedelta(seconds=second)
        tallies.count("webhooks", outcome="accepted")
    await tallies.flush()
    series = await tallies.series("webhooks", NOON - FIVE, FIVE)
    assert (series.start, series.step, totals(series)) == (NOON - FIVE, FIVE, {("accepted",): [1, 2, 2]})
    assert totals(await tallies.series("webhooks", NOON - FIVE, timedelta(hours=1))) == {("accepted",): [1, 4]}


async def test_days_begin_at_the_citys_midnight(db: Database, hand: Hand) -> None:
    tallies, midnight = Tallies(db, hand), datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
    for at in (midnight - timedelta(seconds=1), midnight, NOON):
        hand.at = at
        tallies.count("codes_verified", purpose="transit")
    await tallies.flush()
    series = await tallies.series("codes_verified", NOON - timedelta(days=1), timedelta(days=1))
    assert (series.start, totals(series)) == (midnight - timedelta(days=1), {("transit",): [1, 2]})


async def test_a_restarted_process_goes_on_adding(db: Database, hand: Hand) -> None:
    for _ in range(3):
        tallies = Tallies(db, hand)
        tallies.start()
        tallies.count("sign_ins", door="citizen", outcome="signed_in")
        await tallies.stop()
    assert totals(await Tallies(db, hand).series("sign_ins", hand.at, FIVE)) == {("citizen", "signed_in"): [3]}


async def test_what_is_counted_arrives_by_itself(db: Database, hand: Hand) -> None:
    tallies = Tallies(db, hand)
    tallies.start()
    tallies.count("cards_issued", kind="elder")
    async with asyncio.timeout(20):
        while True:
            await asyncio.sleep(0.05)
            if await stored(db, "tallies"):
                break
    await tallies.stop()


async def test_lines_are_few_whatever_comes_in(db: Database, hand: Hand) -> None:
    tallies = Tallies(db, hand)
    for n in range(MOST_LINES + 30):
        tallies.count("codes_refused", reason=f"reason_{n}")
    tallies.count("codes_refused", reason="$where.x")
    tallies.count("codes_refused", reason="王小明")
    tallies.count("codes_refused", reason="x" * 41)
    await tallies.flush()
    lines = totals(await tallies.series("codes_refused", hand.at, FIVE))
    assert len(lines) == MOST_LINES + 1
    assert lines[("other",)] == [33]


def test_what_was_not_declared_is_not_counted(hand: Hand) -> None:
    tallies = Tallies(cast(Database, {"tallies": None}), hand)
    with pytest.raises(KeyError):
        tallies.count("names")
    for labels in ({}, {"channel": "push"}, {"channel": "push", "outcome": "accepted", "who": "me"}):
        with pytest.raises(ValueError, match="declared"):
            tallies.count("deliveries", **labels)


class Weather:
    """The database's collection, in the weather that `fates` gives: each write is lost, done and unheard, or done."""

    def __init__(self, db: Database, fates: Iterator[str]) -> None:
        self._rows = db["tallies"]
        self._fates = fates

    def __getitem__(self, name: str) -> Weather:
        return self

    async def update_one(self, *args: Any, **kwargs: Any) -> Any:
        fate = next(self._fates, "done")
        if fate == "lost":
            raise DatabaseFault("on the way there")
        done = await self._rows.update_one(*args, **kwargs)
        if fate == "unheard":
            raise DatabaseFault("on the way back")
        return done


async def counted_through(db: Database, fates: list[str], hand: Hand) -> int:
    """A count at each flush, whatever becomes of it; how many are in the database when the weather is good again."""
    tallies = Tallies(cast(Database, Weather(db, iter(fates))), hand)
    for _ in range(len(fates) + 1):
        tallies.count("cards_issued", kind="personal")
        try:
            await tallies.flush()
        except DatabaseFault:
            continue
    await tallies.flush()
    (line,) = (await Tallies(db, hand).series("cards_issued", hand.at, timedelta(hours=1))).lines
    (found,) = line.values
    assert found == len(fates) + 1
    return found


async def test_counts_are_kept_while_the_database_is_away_and_sent_once(db: Database, hand: Hand) -> None:
    await counted_through(db, ["lost"] * 5 + ["unheard", "unheard", "done", "lost", "unheard"], hand)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fates=st.lists(st.sampled_from(["lost", "unheard", "done"]), max_size=12))
async def test_in_any_weather_nothing_is_counted_twice_or_lost(db: Database, fates: list[str]) -> None:
    await db["tallies"].delete_many({})
    await counted_through(db, fates, Hand())


async def test_a_stop_without_a_database_ends(hand: Hand, db: Database) -> None:
    tallies = Tallies(cast(Database, Weather(db, iter(["lost"] * 9))), hand)
    tallies.start()
    tallies.count("cards_issued", kind="personal")
    await tallies.stop()
    assert await stored(db, "tallies") == []


async def test_a_gauge_keeps_the_highest_value_of_all_workers(db: Database, hand: Hand) -> None:
    one, other = Tallies(db, hand), Tallies(db, hand)
    await asyncio.gather(*(tallies.gauge("outbox_age", n) for tallies in (one, other) for n in (3, 9, 4)))
    hand.at += 2 * FIVE
    await one.gauge("outbox_age", 0)
    series = await other.series("outbox_age", NOON, FIVE)
    assert [line.values for line in series.lines] == [(9, None, 0)]
    assert [line.values for line in (await one.series("outbox_age", NOON, timedelta(hours=1))).lines] == [(9,)]


async def test_a_measure_without_events_is_a_series_of_nothing(db: Database, hand: Hand) -> None:
    tallies = Tallies(db, hand)
    assert (await tallies.series("deliveries", NOON - timedelta(hours=1), FIVE)).lines == ()
    assert [line.values for line in (await tallies.series("dead_letters", NOON - FIVE, FIVE)).lines] == [(None, None)]


@pytest.mark.parametrize("step", [timedelta(0), timedelta(minutes=7), timedelta(minutes=-5), timedelta(seconds=1)])
async def test_a_step_is_a_whole_number_of_buckets(db: Database, hand: Hand, step: timedelta) -> None:
    with pytest.raises(ValueError, match="whole number"):
        await Tallies(db, hand).series("webhooks", NOON, step)


async def test_a_series_is_read_by_a_range_of_ids_and_no_more(db: Database, hand: Hand) -> None:
    await shaped(db, "tallies")
    tallies = Tallies(db, hand)
    for n in range(30):
        hand.at = NOON + n * FIVE
        tallies.count("webhooks", outcome="accepted")
        tallies.count("broadcasts", state="begun")
    await tallies.flush()
    ids = {"$gte": "webhooks/5m/2026-03-02T04:00Z", "$lte": "webhooks/5m/2026-03-02T06:25Z"}
    explained = await db["tallies"].find({"_id": ids}).explain()
    if "executionStats" in explained:
        assert explained["executionStats"]["totalDocsExamined"] == 30
    assert len((await tallies.series("webhooks", NOON, FIVE)).lines[0].values) == 30


async def test_rows_name_nobody_and_tidy_themselves_up(db: Database, hand: Hand) -> None:
    tallies = Tallies(db, hand)
    tallies.count("sign_ins", door="provider", outcome="CREDENTIALS_WRONG")
    await tallies.flush()
    fine, coarse = sorted(await stored(db, "tallies"), key=lambda row: str(row["tidy_at"]))
    assert (fine["_id"], coarse["_id"]) == ("sign_ins/5m/2026-03-02T04:00Z", "sign_ins/1h/2026-03-02T04:00Z")
    assert fine["counts"] == {"provider|credentials_wrong": 1}
    assert fine["tidy_at"] - fine["start"] == timedelta(days=35)
    assert coarse["tidy_at"] - coarse["start"] == timedelta(days=731)
