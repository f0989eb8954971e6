"""`rong` as a shell runs it, in this process, on a city of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import Result
from pymongo import MongoClient
from typer.testing import CliRunner

from app.cli import app
from app.secrets_file import fresh_secrets
from mocks.service_account import write_service_account

Rong = Callable[..., Result]


@pytest.fixture(scope="module")
def city_name() -> str:
    return f"test_{uuid4().hex[:12]}"


@pytest.fixture(scope="module")
def environment(
    database_uri: str, city_name: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """What a city's shell has in its environment; nothing answers at the outside addresses, and nothing asks."""
    folder: Path = tmp_path_factory.mktemp("city")
    yield {
        **fresh_secrets(),
        "RONG_MONGODB_URI": database_uri,
        "RONG_MONGODB_DATABASE": city_name,
        "RONG_SMS_URL": "http://sms.test",
        "RONG_REGISTRY_URL": "http://registry.test",
        "RONG_FCM_CREDENTIALS": str(write_service_account(folder, "http://fcm.test")),
        "RONG_LOG_LEVEL": "ERROR",
        "LANG": "en_US.UTF-8",
        "LC_ALL": "",
        "LC_MESSAGES": "",
        "COLUMNS": "200",
    }
    with MongoClient[dict[str, object]](database_uri) as client:
        client.drop_database(city_name)


@pytest.fixture(scope="module")
def rong(environment: dict[str, str]) -> Iterator[Rong]:
    """`rong("keys", "list")`; in a thread of its own, for a command starts a loop and the tests have one."""
    with ThreadPoolExecutor(1) as shell:

        def run(*args: str, env: dict[str, str] | None = None, **more: Any) -> Result:
            together = {**environment, **(env or {})}
            return shell.submit(lambda: CliRunner().invoke(app, list(args), env=together, **more)).result()

        yield run


@pytest.fixture
def kept(database_uri: str, city_name: str) -> Iterator[Callable[[str], list[dict[str, Any]]]]:
    """The rows of a collection of this city."""
    with MongoClient[dict[str, Any]](database_uri, tz_aware=True) as client:
        yield lambda collection: list(client[city_name][collection].find())
