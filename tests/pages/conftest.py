"""A small app of the pages alone, without a city behind it; and, for walks, a city in real processes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from app.domains.identity.onboarding.model import Application
from app.pages import routes
from app.settings import Settings
from tests.support.processes import CityProcesses
from tests.support.remote import Town
from tests.support.walking import Walk, phone_before, town_of

PERSON: dict[str, Any] = {
    "name": "林晓峰",
    "name_en": "Lin Xiaofeng",
    "phone": "+8619900000001",
    "id_number": "350102198804129913",
    "verified": True,
    "line_zh": "地铁工程师",
    "line_en": "A metro engineer",
}
NEWCOMER: dict[str, Any] = {
    **PERSON,
    "name": "刘洋",
    "name_en": "Liu Yang",
    "id_number": "350125200112249759",
    "verified": False,
}
PROVIDER: dict[str, Any] = {
    "organisation": "first-hospital",
    "name": "第一医院",
    "name_en": "First Hospital",
    "kind": "hospital",
    "scopes": ["verify:hospital"],
    "client_id": "c-demo",
    "client_secret": "demo-secret-of-a-laptop",
}
STAFF = {
    "organisation": "first-hospital",
    "login": "gate-1",
    "password": "demo-password",
    "totp_uri": "otpauth://totp/x",
}
DEMO: dict[str, Any] = {"people": [PERSON, NEWCOMER], "providers": [PROVIDER], "staff": [STAFF]}


class NoApplications:
    """Of a city to which nobody has applied."""

    async def follow(self, number: str, secret: str, address: str) -> Application | None:
        return None


NO_APPLICATIONS = NoApplications()
DOCUMENTS = {
    name: sha256(name.encode()).hexdigest()
    for name in ("ApplyAsProvider", "MakeTestCitizens", "ShowTestCode", "VerifyCode")
}
PHONE = {name: sha256(name.encode()).hexdigest() for name in ("Me", "SignIn")}
Visit = Callable[..., httpx2.AsyncClient]


@pytest.fixture
def demo_file(tmp_path: Path) -> Path:
    file = tmp_path / "demo.json"
    file.write_text(json.dumps(DEMO), encoding="utf-8")
    return file


@pytest.fixture
def site_of(demo_file: Path) -> Callable[..., Starlette]:
    """The pages of a city with these settings."""

    def made(environment: str = "development", **changed: object) -> Starlette:
        key = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
        values: dict[str, object] = {
            "environment": environment,
            "base_url": "http://city.test",
            "mongodb_uri": "mongodb://nowhere.test",
            "data_keys": f"k1:{key}",
            "lookup_key": key,
            "sms_url": "http://sms.test",
            "sms_key": "test",
            "registry_url": "http://registry.test",
            "registry_key": "test",
            "fcm_credentials": "unused.json",
            "mocks_url": "http://stand-ins.test",
            "demo_file": demo_file,
        }
        settings = Settings.model_validate({**values, **changed})
        return Starlette(routes=routes(settings, NO_APPLICATIONS, DOCUMENTS, PHONE))

    return made


@pytest.fixture
def site(site_of: Callable[..., Starlette]) -> Starlette:
    return site_of()


@pytest.fixture
def visit(site_of: Callable[..., Starlette]) -> Visit:
    """A browser before the pages of a city with these settings."""

    def open_(environment: str = "development", **changed: object) -> httpx2.AsyncClient:
        transport = httpx2.ASGITransport(site_of(environment, **changed))
        return httpx2.AsyncClient(transport=transport, base_url="http://city.test")

    return open_


@pytest.fixture
def processes(database_uri: str, database_name: str, tmp_path: Path) -> CityProcesses:
    return CityProcesses(tmp_path, database_uri, database_name)


@pytest.fixture
async def town(processes: CityProcesses) -> AsyncIterator[Town]:
    async with town_of(processes) as town:
        yield town


@pytest.fixture
async def walk(processes: CityProcesses, town: Town) -> AsyncIterator[Walk]:
    """A phone before a town in which nothing was furnished, with a worker."""
    async with phone_before(processes) as phone:
        processes.worker()
        yield Walk(town, phone, processes.stand_ins)
