"""Books of a ledger on a database of their own, emptied between tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from app.core.mongo import Database, connect
from tests.conftest import Databases, settings_for
from tests.support.books import Books
from tests.support.credit import Lent, lending


@pytest.fixture(scope="session")
async def books_database(database_uri: str) -> AsyncIterator[Database]:
    db = connect(settings_for(database_uri, f"test_{uuid4().hex[:12]}"))
    await Books(db).begin()
    yield db
    await db.drop()
    await db.close()


@pytest.fixture
async def books(books_database: Database) -> AsyncIterator[Books]:
    books = Books(books_database)
    yield books
    await books.clear()


@pytest.fixture(scope="session")
async def lent(databases: Databases) -> AsyncIterator[Lent]:
    async with lending(databases) as lent:
        yield lent
