"""Delivery reports over real HTTP: from the stand-in, as asked of it by the real client, to the city's endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from app.core.clock import SystemClock
from app.core.errors import Refusal, Unavailable
from app.gateways.sms import HttpSms
from app.http.callbacks import SmsReports
from app.http.replies import on_refusal
from notifications.channels.base import DeliveryOutcome, SmsState
from notifications.channels.sms import GatewaySms
from tests.contracts.conftest import SMS_CALLBACK_KEY, served

if TYPE_CHECKING:
    from tests.contracts.conftest import StandIns

PHONE = "+8619900000009"


class Kept:
    """Receipts in memory; `away` makes the next few storings fail."""

    def __init__(self) -> None:
        self.reports: list[tuple[str, SmsState, str | None, datetime]] = []
        self.away = 0

    async def sms_report(self, message_id: str, state: SmsState, code: str | None, at: datetime) -> None:
        if self.away:
            self.away -= 1
            raise Unavailable
        self.reports.append((message_id, state, code, at))

    def states(self) -> list[str]:
        return [state.value for _, state, _, _ in self.reports]


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def city_url(kept: Kept) -> Iterator[str]:
    reports = SmsReports(kept, SecretStr(f"the-next-key,{SMS_CALLBACK_KEY}"), SystemClock())
    with served(Starlette(routes=reports.routes(), exception_handlers={Refusal: on_refusal})) as url:
        yield url


@pytest.fixture
async def channel(stand_ins: StandIns, city_url: str) -> AsyncIterator[GatewaySms]:
    async with HttpSms(f"{stand_ins.url}/sms", SecretStr(stand_ins.sms_key)) as client:
        yield GatewaySms(client, f"{city_url}/callbacks/sms")


async def told(stand_ins: StandIns, count: int) -> list[dict[str, Any]]:
    """What the stand-in has told, oldest first, once it has told so many reports to the end."""
    async with asyncio.timeout(20):
        while True:
            reports = (await stand_ins.control.get("/control/sms/reports")).json()["reports"][::-1]
            if len([one for one in reports if one["status"] in (204, 401)]) >= count:
                return list(reports)
            await asyncio.sleep(0.02)


async def sent(channel: GatewaySms, message_id: str = "m1") -> None:
    assert (await channel.send(PHONE, "hello", message_id)).outcome is DeliveryOutcome.ACCEPTED


async def test_a_delivery_is_reported_with_its_times(stand_ins: StandIns, channel: GatewaySms, kept: Kept) -> None:
    await sent(channel)
    await told(stand_ins, 2)
    assert [(message, state) for message, state, _, _ in kept.reports] == [
        ("m1", SmsState.SUBMITTED),
        ("m1", SmsState.DELIVERED),
    ]
    assert kept.reports[0][3] <= kept.reports[1][3]
    assert all(at.utcoffset() is not None for *_, at in kept.reports)
    (shown,) = await stand_ins.seen("sms", to=PHONE)
    assert shown["state"] == "delivered"


@pytest.mark.parametrize(
    ("fate", "states", "code"),
    [
        ({"state": "undeliverable", "code": "NUMBER_UNASSIGNED"}, ["submitted", "undeliverable"], "NUMBER_UNASSIGNED"),
        ({"state": "expired"}, ["submitted", "expired"], None),
        ({"bounce": True}, ["submitted", "delivered", "undeliverable"], "BOUNCED"),
    ],
)
async def test_what_becomes_of_a_message_is_reported(
    stand_ins: StandIns, channel: GatewaySms, kept: Kept, fate: dict[str, Any], states: list[str], code: str | None
) -> None:
    await stand_ins.control.post("/control/sms/numbers", json={"to": PHONE, **fate})
    await sent(channel)
    await told(stand_ins, len(states))
    assert kept.states() == states
    assert kept.reports[-1][2] == code


async def test_doubled_and_out_of_order_reports_all_arrive_with_their_own_times(
    stand_ins: StandIns, channel: GatewaySms, kept: Kept
) -> None:
    await stand_ins.control.post("/control/sms/reports", json={"doubled": True, "out_of_order": True, "delay_ms": 50})
    await sent(channel)
    await told(stand_ins, 4)
    assert kept.states() == ["delivered", "delivered", "submitted", "submitted"]
    assert len({at for *_, at in kept.reports}) == 2


async def test_a_report_that_could_not_be_stored_comes_again(
    stand_ins: StandIns, channel: GatewaySms, kept: Kept
) -> None:
    kept.away = 2
    await sent(channel)
    first, second = await told(stand_ins, 2)
    assert (first["sent"], second["sent"]) == (3, 1)
    assert kept.states() == ["submitted", "delivered"]


async def test_a_lost_report_is_lost_and_the_next_one_arrives(
    stand_ins: StandIns, channel: GatewaySms, kept: Kept
) -> None:
    await stand_ins.control.post("/control/sms/reports", json={"lost": True, "next": 1})
    await sent(channel)
    await told(stand_ins, 1)
    assert kept.states() == ["delivered"]


async def test_a_forged_report_is_refused_and_stores_nothing(
    stand_ins: StandIns, channel: GatewaySms, kept: Kept
) -> None:
    await stand_ins.control.post("/control/sms/reports", json={"forged": True, "next": 1})
    await sent(channel)
    forged, good = await told(stand_ins, 2)
    assert (forged["status"], good["status"]) == (401, 204)
    assert kept.states() == ["delivered"]


async def test_nothing_is_reported_of_a_code_for_signing_in(stand_ins: StandIns, city_url: str, kept: Kept) -> None:
    async with HttpSms(f"{stand_ins.url}/sms", SecretStr(stand_ins.sms_key)) as client:
        await client.send(to=PHONE, text="验证码 482915", message_id="otp")
        await sent(GatewaySms(client, f"{city_url}/callbacks/sms"))
    await told(stand_ins, 2)
    assert {message for message, *_ in kept.reports} == {"m1"}
