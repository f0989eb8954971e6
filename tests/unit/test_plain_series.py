"""Where the database has no time series, history is kept by the same calls in a collection like any other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.core.collections import COLLECTIONS
from app.core.mongo import Database, Tx, connect
from app.domains.life.surroundings.readings.model import Reading, hour_of
from app.domains.life.surroundings.readings.store import ReadingStore
from app.embedded import EmbeddedDatabase, Engine, available
from tests.conftest import settings_for

NOW = hour_of(datetime.now(UTC))


@pytest.fixture
async def plain(tmp_path: Path) -> AsyncIterator[Database]:
    with EmbeddedDatabase(tmp_path, engine=Engine.SECANTUS) as database:
        db = connect(settings_for(database.uri, "plain"))
        await db.prepare()
        yield db
        await db.close()


def reading(hours_ago: int, value: float, rev: int = 1) -> Reading:
    return Reading("st-1", NOW - timedelta(hours=hours_ago), {"pm25": value}, (), None, rev, NOW)


@pytest.mark.skipif(Engine.SECANTUS not in available(), reason="needs SecantusDB")
async def test_history_is_kept_revised_read_and_pruned_without_a_time_series(plain: Database) -> None:
    store = ReadingStore(plain)

    async def told(*readings: Reading) -> None:
        async def work(tx: Tx) -> int:
            return await store.put(readings, tx)

        assert await plain.transaction(work) == len(readings)
        assert await store.append() == len(readings)

    await told(reading(2, 10), reading(1, 20), reading(0, 30))
    await told(reading(1, 21, rev=2))
    assert await store.append() == 0
    found = await store.history("st-1", NOW - timedelta(hours=2), NOW)
    assert [(one.values["pm25"], one.rev) for one in found] == [(21, 2), (30, 1)]
    series = COLLECTIONS["station_history"].series
    assert series is not None
    await plain.prepare()  # by the next process, too
    indexes = await plain["station_history"].index_information()
    ends = [one["expireAfterSeconds"] for one in indexes.values() if "expireAfterSeconds" in one]
    assert ends == [series.kept_days * 24 * 3600]
