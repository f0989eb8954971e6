"""An audit on a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.core.mongo import Database, connect
from tests.conftest import settings_for
from tests.stores.support import RING
from tests.support.fakes import MovableClock
from tests.support.ledger import Ledger


@pytest.fixture
async def db(database_uri: str, database_name: str) -> AsyncIterator[Database]:
    db = connect(settings_for(database_uri, database_name))
    yield db
    await db.close()


@pytest.fixture
async def ledger(db: Database, clock: MovableClock) -> Ledger:
    return await Ledger(db, RING, clock).begin()
