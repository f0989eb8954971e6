"""Each test of a store runs on both drivers, each time on a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.core.mongo import Database, connect
from app.settings import Driver
from tests.conftest import settings_for


@pytest.fixture(params=[Driver.PYMONGO, Driver.MOTOR], ids=str)
def driver(request: pytest.FixtureRequest) -> Driver:
    chosen: Driver = request.param
    if chosen is Driver.MOTOR:
        pytest.importorskip("motor", reason="motor is an optional dependency")
    return chosen


@pytest.fixture
async def db(driver: Driver, database_uri: str, database_name: str) -> AsyncIterator[Database]:
    db = connect(settings_for(database_uri, database_name, mongodb_driver=driver))
    yield db
    await db.close()
