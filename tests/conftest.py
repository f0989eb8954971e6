"""A real database for the tests that need one, and a fresh name in it for each of them."""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from pymongo import MongoClient

from app.embedded import EmbeddedDatabase, Engine
from app.server import create_app
from app.settings import Settings
from app.wiring import City, build
from tests.support.api import Api, addressed
from tests.support.fakes import FakeRegistry, MovableClock, RecordingPush, RecordingSms, recording_outside


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


def settings_for(uri: str, name: str, **changed: object) -> Settings:
    """Settings of a city in a test; secrets are made here and nowhere else."""
    key = base64.b64encode(bytes(range(32))).decode()
    values: dict[str, object] = {
        "environment": "development",
        "base_url": "http://city.test",
        "mongodb_uri": uri,
        "mongodb_database": name,
        "data_keys": f"k1:{key}",
        "lookup_key": key,
        "sms_url": "http://sms.test",
        "sms_key": "test",
        "sms_callback_key": "test",
        "registry_url": "http://registry.test",
        "registry_key": "test",
        "fcm_credentials": "unused.json",
        "log_level": "WARNING",
    }
    return Settings.model_validate({**values, **changed})


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def settings(database_uri: str, database_name: str) -> Settings:
    return settings_for(database_uri, database_name)


class Fakes:
    """The recording stand-ins of one city."""

    def __init__(self) -> None:
        self.outside, self.sms, self.registry, self.push, self.texts = recording_outside()


@pytest.fixture
def fakes() -> Fakes:
    return Fakes()


@pytest.fixture
def sms(fakes: Fakes) -> RecordingSms:
    return fakes.sms


@pytest.fixture
def registry(fakes: Fakes) -> FakeRegistry:
    return fakes.registry


@pytest.fixture
def push(fakes: Fakes) -> RecordingPush:
    return fakes.push


@pytest.fixture
async def city(settings: Settings, fakes: Fakes, clock: MovableClock) -> AsyncIterator[City]:
    """A started city on a database of its own, with fakes for the systems outside."""
    city = build(settings, beyond=fakes.outside, clock=clock)
    await city.start()
    yield city
    await city.stop()


@pytest.fixture
async def api(city: City, fakes: Fakes) -> AsyncIterator[Api]:
    """A caller of that city's API, in this process."""
    async with caller(city, fakes) as api:
        yield api


@pytest.fixture(scope="session")
async def shared_city(database_uri: str) -> AsyncIterator[tuple[City, Fakes]]:
    """One city for all tests that neither move its clock nor make its gateways fail; each invents its own people."""
    fakes, name = Fakes(), f"test_{uuid4().hex[:12]}"
    city = build(settings_for(database_uri, name), beyond=fakes.outside)
    await city.start()
    yield city, fakes
    await city.stop()
    with MongoClient[dict[str, object]](database_uri) as client:
        client.drop_database(name)


@pytest.fixture(scope="session")
async def shared_api(shared_city: tuple[City, Fakes]) -> AsyncIterator[Api]:
    async with caller(*shared_city) as api:
        yield api


@asynccontextmanager
async def caller(city: City, fakes: Fakes) -> AsyncIterator[Api]:
    """Who calls that city's API, in this process."""
    transport = httpx2.ASGITransport(addressed(create_app(city=city)), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://city.test") as http:
        yield Api(http, city, fakes.sms, fakes.registry)
