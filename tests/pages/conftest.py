"""A small app of the pages alone, without a city behind it."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from app.domains.identity.onboarding.model import Application
from app.pages import routes
from app.settings import Settings

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
Visit = Callable[..., httpx2.AsyncClient]


@pytest.fixture
def demo_file(tmp_path: Path) -> Path:
    file = tmp_path / "demo.json"
    file.write_text(json.dumps(DEMO), encoding="utf-8")
    return file


@pytest.fixture
def visit(demo_file: Path) -> Visit:
    """A browser before the pages of a city with these settings."""

    def open_(environment: str = "development", **changed: object) -> httpx2.AsyncClient:
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
        app = Starlette(routes=routes(Settings.model_validate({**values, **changed}), NO_APPLICATIONS, DOCUMENTS))
        return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://city.test")

    return open_
