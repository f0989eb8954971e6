"""The stand-ins, served by uvicorn on a free port in a thread of its own, put back to normal after each test."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from starlette.types import ASGIApp

from app.gateways.http import Patience
from mocks.server import create_app
from mocks.service_account import write_service_account

SMS_KEY = "sms-key-of-the-tests"
SMS_CALLBACK_KEY = "sms-callback-key-of-the-tests"
REGISTRY_KEY = "registry-key-of-the-tests"
DEPARTMENTS_KEY = "departments-key-of-the-tests"
DEPARTMENTS_CALLBACK_KEY = "departments-callback-key-of-the-tests"
EXCHANGE_KEY = "exchange-key-of-the-tests"


@dataclass(frozen=True)
class StandIns:
    """Where the stand-ins are, and a hand on their controls."""

    url: str
    control: httpx2.AsyncClient
    sms_key: str = SMS_KEY
    registry_key: str = REGISTRY_KEY

    async def fault(self, name: str, **faults: Any) -> None:
        answer = await self.control.post(f"/control/{name}/faults", json=faults)
        answer.raise_for_status()

    async def calls(self, name: str) -> int:
        return int((await self.control.get(f"/control/{name}/faults")).json()["calls"])

    async def seen(self, name: str, **query: str) -> list[dict[str, Any]]:
        answer = await self.control.get(f"/control/{name}/messages", params=query)
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    async def reset(self) -> None:
        asked = ("sms", "registry", "payments", "fcm", "fcm-token", "webhook", "departments", "exchange", "neighbour")
        for name in asked:
            await self.control.delete(f"/control/{name}/faults")
        for name in ("sms", "fcm", "webhook", "departments", "neighbour"):
            await self.control.delete(f"/control/{name}/messages")
        await self.control.delete("/control/sms/reports")


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The address of `app`, served over real HTTP in a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def stand_ins_url() -> Iterator[str]:
    app = create_app(
        sms_key=SMS_KEY,
        sms_callback_key=SMS_CALLBACK_KEY,
        registry_key=REGISTRY_KEY,
        departments_key=DEPARTMENTS_KEY,
        departments_callback_key=DEPARTMENTS_CALLBACK_KEY,
        exchange_key=EXCHANGE_KEY,
    )
    with served(app) as url:
        yield url


@pytest.fixture
async def stand_ins(stand_ins_url: str) -> AsyncIterator[StandIns]:
    async with httpx2.AsyncClient(base_url=stand_ins_url, trust_env=False) as control:
        stand_ins = StandIns(stand_ins_url, control)
        await stand_ins.reset()
        yield stand_ins
        await stand_ins.reset()


@pytest.fixture(scope="session")
def service_account(stand_ins_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_service_account(tmp_path_factory.mktemp("fcm"), stand_ins_url)


@pytest.fixture
def in_a_hurry() -> Patience:
    return Patience(attempt=0.4, overall=3.0, attempts=3, first_wait=0.01, retry_after=1.0)
