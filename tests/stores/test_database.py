"""What is promised of the database, on both drivers."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from app.core.clock import SystemClock
from app.core.collections import COLLECTIONS
from app.core.errors import Outcome
from app.core.mongo import Database, DuplicateKey, Tx, command_log, connect, is_unreachable
from app.settings import Driver
from tests.conftest import settings_for
from tests.stores.support import at_once, shaped, stored


class Refused(Outcome):
    pass


async def test_a_transaction_commits_all_or_nothing(db: Database) -> None:
    await shaped(db, "counters", "limits")

    async def good(tx: Tx) -> str:
        await db["counters"].insert_one({"_id": "one"}, session=tx)
        await db["limits"].insert_one({"_id": "two"}, session=tx)
        return "done"

    async def bad(tx: Tx) -> None:
        await db["counters"].insert_one({"_id": "three"}, session=tx)
        raise Refused

    assert await db.transaction(good) == "done"
    with pytest.raises(Refused):
        await db.transaction(bad)
    assert [row["_id"] for row in await stored(db, "counters")] == ["one"]
    assert [row["_id"] for row in await stored(db, "limits")] == ["two"]


async def test_a_transaction_runs_again_when_another_was_faster(db: Database) -> None:
    await shaped(db, "counters")
    await db["counters"].insert_one({"_id": "n", "value": 0})
    runs = 0

    async def add(tx: Tx) -> None:
        nonlocal runs
        runs += 1
        row = await db["counters"].find_one({"_id": "n"}, session=tx)
        assert row is not None
        await asyncio.sleep(0.02)  # so that rivals have read the same value
        await db["counters"].update_one({"_id": "n"}, {"$set": {"value": row["value"] + 1}}, session=tx)

    done = await at_once(6, lambda _: db.transaction(add))
    assert done == [None] * 6
    assert [row["value"] for row in await stored(db, "counters")] == [6]
    assert runs > 6, "nobody met a rival: this test shows nothing"


async def test_a_unique_index_speaks_through_a_transaction(db: Database) -> None:
    await shaped(db, "cards")

    async def add(tx: Tx) -> None:
        await db["cards"].insert_one({"holder": "h", "live": True}, session=tx)

    await db.transaction(add)
    with pytest.raises(DuplicateKey):
        await db.transaction(add)


async def test_aggregation_answers_alike_and_sees_its_transaction(db: Database) -> None:
    await shaped(db, "counters")
    await db["counters"].insert_many([{"_id": n, "kind": n % 2} for n in range(5)])
    pipeline = [{"$group": {"_id": "$kind", "n": {"$sum": 1}}}, {"$sort": {"_id": 1}}]

    async def with_one_more(tx: Tx) -> list[dict[str, int]]:
        await db["counters"].insert_one({"_id": 5, "kind": 1}, session=tx)
        return await db.aggregate("counters", pipeline, tx)

    assert await db.aggregate("counters", pipeline) == [{"_id": 0, "n": 3}, {"_id": 1, "n": 2}]
    assert await db.transaction(with_one_more) == [{"_id": 0, "n": 3}, {"_id": 1, "n": 3}]


async def test_a_change_stream_goes_on_where_it_was_left(db: Database) -> None:
    await shaped(db, "inbox")
    async with db.watch([]) as stream:
        await db["inbox"].insert_one({"_id": "1", "citizen": "c", "message": "1"})
        first = await anext(stream)
    await db["inbox"].insert_one({"_id": "2", "citizen": "c", "message": "2"})
    await db["inbox"].update_one({"_id": "2"}, {"$set": {"read_at": 1}})
    async with db.watch([], first["_id"]) as stream:
        seen = [await anext(stream), await anext(stream)]
    assert first["fullDocument"]["_id"] == "1"
    assert [change["operationType"] for change in seen] == ["insert", "update"]
    assert seen[1]["fullDocument"]["read_at"] == 1, "updates come with the whole document"


async def test_preparing_twice_and_by_two_processes_at_once_is_harmless(
    db: Database, driver: Driver, database_uri: str
) -> None:
    other = connect(settings_for(database_uri, db.name, mongodb_driver=driver))
    try:
        assert await asyncio.gather(db.prepare(), other.prepare(), return_exceptions=True) == [None, None]
        await db.prepare()
    finally:
        await other.close()
    for name, shape in COLLECTIONS.items():
        made = await db[name].index_information()
        assert len(made) == len(shape.indexes) + (shape.series is None), name
        wanted = {(tuple(index.keys), index.unique) for index in shape.indexes}
        assert wanted <= {(tuple(i["key"]), bool(i.get("unique"))) for i in made.values()}, name


async def test_times_come_back_aware(db: Database) -> None:
    now = SystemClock().now()
    await db["counters"].insert_one({"_id": "t", "at": now})
    row = await db["counters"].find_one({"_id": "t"})
    assert row is not None
    assert row["at"] == now
    assert row["at"].utcoffset() is not None


async def test_a_collection_that_is_not_in_the_table_cannot_be_used(db: Database) -> None:
    with pytest.raises(KeyError, match="not in the table"):
        db["citizen"]


async def test_commands_can_be_listed_and_pings_are_not_among_them(db: Database) -> None:
    token = command_log.set([])
    try:
        await db.ping()
        await db["counters"].find_one({"_id": "x"})
        listed = command_log.get()
    finally:
        command_log.reset(token)
    assert listed == ["find"]


async def test_an_absent_database_is_named_within_the_time_limit(driver: Driver) -> None:
    with socket.socket() as held:  # bound but not listening: whoever connects is refused
        held.bind(("127.0.0.1", 0))
        uri = f"mongodb://127.0.0.1:{held.getsockname()[1]}/?directConnection=true"
        db = connect(settings_for(uri, "absent", mongodb_driver=driver), timeout_ms=400)
        began = time.monotonic()
        with pytest.raises(Exception, match=r".") as failed:
            await db["counters"].insert_one({"_id": "x"})
        assert is_unreachable(failed.value)
        with pytest.raises(Exception, match=r".") as no_transaction:
            await db.transaction(lambda tx: db["counters"].insert_one({"_id": "x"}, session=tx))
        assert is_unreachable(no_transaction.value)
        assert time.monotonic() - began < 10, "the driver itself waits for thirty seconds"
        await db.close()


async def test_a_database_that_accepts_and_says_nothing_is_named_within_the_time_limit(driver: Driver) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(16)
        uri = f"mongodb://127.0.0.1:{silent.getsockname()[1]}/?directConnection=true"
        db = connect(settings_for(uri, "silent", mongodb_driver=driver), timeout_ms=400)
        began = time.monotonic()
        with pytest.raises(Exception, match=r".") as failed:
            await db["counters"].find_one({"_id": "x"})
        assert is_unreachable(failed.value)
        assert time.monotonic() - began < 10, "the driver itself waits for thirty seconds"
        await db.close()


async def test_a_duplicate_or_a_refusal_is_not_taken_for_an_absent_database(db: Database) -> None:
    await db["counters"].insert_one({"_id": "x"})
    with pytest.raises(DuplicateKey) as twice:
        await db["counters"].insert_one({"_id": "x"})
    assert not is_unreachable(twice.value)
    assert not is_unreachable(Refused())
