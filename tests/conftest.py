"""A real database for the tests that need one, and a fresh name in it for each of them."""

from __future__ import annotations

import base64
import gc
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from typing import Any
from uuid import uuid4

import httpx2
import hypothesis
import pytest
import starlette.routing
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pymongo import MongoClient

from app.core.passwords import Passwords
from app.embedded import EmbeddedDatabase, Engine
from app.server import create_app
from app.settings import Settings
from app.wiring import City, build
from tests.support.api import Api, addressed
from tests.support.emptying import Emptying
from tests.support.fakes import FakeRegistry, MovableClock, RecordingPush, RecordingSms, recording_outside
from tests.support.quick_folder import quick_folder
from tests.support.spread import ByFile, when

QUICK = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
"""Hundreds of sign-ins are tried: each as slow as in life would take minutes."""

# On a busy machine to draw an input takes long: that says nothing of what is tested.
hypothesis.settings.register_profile("house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("house")


# Each city of a test has the same seven hundred addresses: to read their patterns takes as long as to start it.
starlette.routing.compile_path = cache(starlette.routing.compile_path)

# Two schemas and their documents are a million objects that live as long as the process.
gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: when(item.nodeid))


def pytest_collection_finish() -> None:
    """What was imported is never garbage: it is not looked through again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def database_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An embedded database for the whole run; RONG_TEST_ENGINE (mongod, wheel, secantus) picks its engine."""
    wanted = os.environ.get("RONG_TEST_ENGINE")
    with (
        quick_folder(lambda: tmp_path_factory.mktemp("database")) as data,
        EmbeddedDatabase(data, engine=Engine(wanted) if wanted else None) as database,
    ):
        yield database.uri


class Databases:
    """Lent one after the other: to make the three hundred collections and indexes of a city anew costs seconds."""

    def __init__(self, uri: str, emptying: Emptying) -> None:
        self.uri = uri
        self.emptying = emptying
        self.made: list[str] = []
        self.prepared: set[str] = set()

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The name of one that nobody else uses at the time, and empty."""
        name = self.made.pop() if self.made else self._new()
        yield name
        if not self.emptying.empty(name):
            self.prepared.discard(name)
        self.made.append(name)

    def _new(self) -> str:
        name = f"test_{uuid4().hex[:12]}"
        self.emptying.begin(name)
        return name

    async def start(self, city: City, *, follow: bool = True, subscriptions: bool = True) -> None:
        """Start a city on a lent database; the collections and indexes that an earlier one made are taken as made."""
        prepared = city.db.name in self.prepared
        await city.start(follow=follow, subscriptions=subscriptions, prepared=prepared)
        self.prepared.add(city.db.name)


@pytest.fixture(scope="session")
def databases(database_uri: str) -> Iterator[Databases]:
    with MongoClient[dict[str, Any]](database_uri) as client:
        yield Databases(database_uri, Emptying(client))  # nobody drops them: their folder goes as a whole


@pytest.fixture
def database_name(databases: Databases) -> Iterator[str]:
    """A database no other test uses at the time, and empty."""
    with databases.lent() as name:
        yield name


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
        "wechat_token": "test-wechat",
        "qq_secret": "test-qq",
        "mail_inbound_key": "test-mail",
        "registry_url": "http://registry.test",
        "registry_key": "test",
        "departments_callback_key": "test",
        "gateway_notice_key": "test-gateway",
        "departments_systems": ("gjj", "ybj"),
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
async def city(databases: Databases, settings: Settings, fakes: Fakes, clock: MovableClock) -> AsyncIterator[City]:
    """A started city on a database of its own, with fakes for the systems outside."""
    city = build(settings, beyond=fakes.outside, clock=clock, passwords=Passwords(QUICK))
    await databases.start(city)
    yield city
    await city.stop()


@pytest.fixture
async def api(city: City, fakes: Fakes) -> AsyncIterator[Api]:
    """A caller of that city's API, in this process."""
    async with caller(city, fakes) as api:
        yield api


@pytest.fixture(scope="session")
async def shared_city(databases: Databases) -> AsyncIterator[tuple[City, Fakes]]:
    """One city for all tests that neither move its clock nor make its gateways fail; each invents its own people."""
    fakes = Fakes()
    with databases.lent() as name:
        city = build(settings_for(databases.uri, name), beyond=fakes.outside, passwords=Passwords(QUICK))
        await databases.start(city)
        yield city, fakes
        await city.stop()


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
