"""What one test wrote is gone before the next, however it was written: else tests would pass by what others left."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pymongo import MongoClient

from app.core.collections import COLLECTIONS
from app.core.mongo import Database, connect
from tests.conftest import Databases, settings_for
from tests.support.emptying import Emptying


async def _written(db: Database) -> None:
    """Plainly, within a transaction, to a time series, and to a collection that the city does not know."""
    await db["counters"].insert_one({"_id": "plain"})
    await db.transaction(lambda tx: db["outbox"].insert_one({"_id": "within"}, session=tx))
    series, shape = next((name, one.series) for name, one in COLLECTIONS.items() if one.series)
    assert shape is not None
    await db[series].insert_one({shape.time: datetime(2026, 1, 1, tzinfo=UTC)})
    await db._db["unknown"].insert_one({"_id": "strange"})


async def _left(db: Database) -> set[str]:
    found = [name for name in await db._db.list_collection_names() if not name.startswith("system.")]
    return {name for name in found if await db._db[name].count_documents({})}


@pytest.mark.parametrize("first", [True, False])
async def test_nothing_is_left_for_who_comes_next(databases: Databases, first: bool) -> None:
    with databases.lent() as name:
        db = connect(settings_for(databases.uri, name))
        if first:
            await db.prepare()
        await _written(db)
        assert len(await _left(db)) == 4
    assert await _left(db) == set()
    assert "unknown" not in await db._db.list_collection_names()
    await db.close()


async def test_what_is_kept_once_is_found_when_it_is_no_longer_kept(database_uri: str, databases: Databases) -> None:
    with MongoClient[dict[str, object]](database_uri) as client, databases.lent() as name:
        emptying, db = Emptying(client), connect(settings_for(databases.uri, name))
        emptying.begin(name)
        await _written(db)
        emptying.empty(name, keep={"counters"})
        assert await _left(db) == {"counters"}
        await db["outbox"].insert_one({"_id": "again"})
        emptying.empty(name)
        assert await _left(db) == set()
        await db.close()
