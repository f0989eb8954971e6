"""`POST /callbacks/sms`: what is believed, what is refused, and when the gateway is told that it is stored."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from app.core.errors import Refusal, Unavailable
from app.http.callbacks import WINDOW, SmsReports
from app.http.replies import on_refusal
from mocks.sms_reports import signed
from notifications.channels.base import SmsState
from tests.support.fakes import MovableClock

KEY, OLD_KEY = "callback-key", "old-callback-key"
AT = "2026-03-02T08:00:00.123+08:00"


class Receipts:
    def __init__(self) -> None:
        self.kept: list[tuple[str, SmsState, str | None, datetime]] = []
        self.room = 1_000

    async def sms_report(self, message_id: str, state: SmsState, code: str | None, at: datetime) -> None:
        if len(self.kept) >= self.room:
            raise Unavailable
        self.kept.append((message_id, state, code, at))


@pytest.fixture
def receipts() -> Receipts:
    return Receipts()


def served(receipts: Receipts, key: str | None, clock: MovableClock) -> httpx2.AsyncClient:
    reports = SmsReports(receipts, SecretStr(key) if key is not None else None, clock)
    app = Starlette(routes=reports.routes(), exception_handlers={Refusal: on_refusal})
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://city.test")


@pytest.fixture
async def http(receipts: Receipts, clock: MovableClock) -> AsyncIterator[httpx2.AsyncClient]:
    async with served(receipts, f"{KEY}, {OLD_KEY}", clock) as http:
        yield http


def body(*reports: dict[str, Any]) -> bytes:
    return json.dumps({"reports": reports}).encode()


def one(**changes: Any) -> dict[str, Any]:
    return {"message_id": "m1", "state": "delivered", "at": AT} | changes


async def post(http: httpx2.AsyncClient, content: bytes, *, key: str = KEY, ago: float = 0, **headers: str) -> int:
    at = int((datetime.now(UTC) - timedelta(seconds=ago)).timestamp())
    answer = await http.post("/callbacks/sms", content=content, headers=signed(content, key, at) | headers)
    return answer.status_code


@pytest.mark.parametrize("key", [KEY, OLD_KEY])
async def test_reports_signed_with_either_key_are_stored(
    http: httpx2.AsyncClient, receipts: Receipts, key: str
) -> None:
    told = body(one(), one(message_id="m2", state="undeliverable", code="NUMBER_UNASSIGNED"))
    assert await post(http, told, key=key) == 204
    moment = datetime.fromisoformat(AT)
    assert receipts.kept == [
        ("m1", SmsState.DELIVERED, None, moment),
        ("m2", SmsState.UNDELIVERABLE, "NUMBER_UNASSIGNED", moment),
    ]


@pytest.mark.parametrize("beyond", [-5, 5])
@pytest.mark.parametrize("late", [-1, 1])
async def test_a_signature_holds_for_five_minutes_around_its_time(
    http: httpx2.AsyncClient, receipts: Receipts, late: int, beyond: int
) -> None:
    ago = late * (WINDOW.total_seconds() + beyond)
    assert await post(http, body(one()), ago=ago) == (401 if beyond > 0 else 204)
    assert len(receipts.kept) == (0 if beyond > 0 else 1)


@pytest.mark.parametrize(
    "headers",
    [
        {"sms-signature": ""},
        {"sms-signature": "v1="},
        {"sms-signature": "v1=" + "0" * 64},
        {"sms-signature": "é"},
        {"sms-timestamp": ""},
        {"sms-timestamp": "yesterday"},
        {"sms-timestamp": "-1"},
        {"sms-timestamp": "٣"},
        {"sms-timestamp": "9" * 4000},
    ],
)
async def test_what_is_not_signed_for_this_moment_is_refused(
    http: httpx2.AsyncClient, receipts: Receipts, headers: dict[str, str]
) -> None:
    content = body(one())
    good = signed(content, KEY, int(datetime.now(UTC).timestamp()))
    raw = [(name.encode(), value.encode()) for name, value in (good | headers).items()]
    answer = await http.post("/callbacks/sms", content=content, headers=raw)
    assert (answer.status_code, answer.json()["code"], receipts.kept) == (401, "UNAUTHENTICATED", [])


async def test_a_body_changed_after_signing_is_refused(http: httpx2.AsyncClient, receipts: Receipts) -> None:
    headers = signed(body(one()), KEY, int(datetime.now(UTC).timestamp()))
    answer = await http.post("/callbacks/sms", content=body(one(state="expired")), headers=headers)
    assert (answer.status_code, receipts.kept) == (401, [])


@pytest.mark.parametrize("key", [None, "", " , "])
async def test_without_a_key_no_report_is_believed(receipts: Receipts, clock: MovableClock, key: str | None) -> None:
    async with served(receipts, key, clock) as http:
        assert [await post(http, body(one()), key=guess) for guess in ("", " ", "None")] == [401] * 3


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"not json",
        b"\xff",
        body(),
        body(*[one()] * 101),
        body(one(state="read")),
        body(one(message_id="")),
        body(one(message_id="x" * 257)),
        body(one(at="2026-03-02T08:00:00")),
        body(one(at="yesterday")),
        body(one(code="x" * 65)),
        body({"state": "delivered", "at": AT}),
        b"[" * 50_000,
    ],
)
async def test_what_is_signed_but_no_report_is_named_as_that(
    http: httpx2.AsyncClient, receipts: Receipts, content: bytes
) -> None:
    assert await post(http, content) == 400
    assert receipts.kept == []


async def test_more_than_64_kilobytes_are_not_read(http: httpx2.AsyncClient, receipts: Receipts) -> None:
    assert await post(http, b" " * (64 * 1024 + 1)) == 413


async def test_only_what_is_stored_is_acknowledged(http: httpx2.AsyncClient, receipts: Receipts) -> None:
    receipts.room = 1
    told = body(one(), one(message_id="m2"))
    assert await post(http, told) == 503
    receipts.room = 10
    assert await post(http, told) == 204
    assert [message for message, *_ in receipts.kept] == ["m1", "m1", "m2"]  # the receiver keeps each once


async def test_a_gateways_clock_ahead_of_ours_does_not_reach_into_the_future(
    http: httpx2.AsyncClient, receipts: Receipts, clock: MovableClock
) -> None:
    assert await post(http, body(one(at="2999-01-01T00:00:00Z"))) == 204
    assert receipts.kept[0][3] <= clock.now()
