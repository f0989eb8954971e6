"""A real database for the tests that need one, and a fresh name in it for each of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from pymongo import MongoClient

from app.embedded import EmbeddedDatabase, Engine


@pytest.fixture(scope="session")
def database_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An embedded database for the whole run; RONG_TEST_ENGINE (mongod, wheel, secantus) picks its engine."""
    wanted = os.environ.get("RONG_TEST_ENGINE")
    data: Path = tmp_path_factory.mktemp("database")
    with EmbeddedDatabase(data, engine=Engine(wanted) if wanted else None) as database:
        yield database.uri


@pytest.fixture
def database_name(database_uri: str) -> Iterator[str]:
    """A name no other test uses; the database is dropped afterwards."""
    name = f"test_{uuid4().hex[:12]}"
    yield name
    with MongoClient[dict[str, object]](database_uri) as client:
        client.drop_database(name)
