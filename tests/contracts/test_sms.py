"""The SMS client against a gateway over real HTTP, in good and bad weather."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpx2
import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr

from app.core.errors import Unavailable
from app.gateways.breaker import CircuitBreaker, CircuitState
from app.gateways.http import Patience
from app.gateways.sms import HttpSms, SmsRefused

if TYPE_CHECKING:
    from tests.contracts.conftest import StandIns

PHONE = "+8619900000001"


@pytest.fixture
async def sms(stand_ins: StandIns, in_a_hurry: Patience) -> AsyncIterator[HttpSms]:
    async with HttpSms(f"{stand_ins.url}/sms", SecretStr(stand_ins.sms_key), patience=in_a_hurry) as client:
        yield client


def counted(outcome: str) -> float:
    labels = {"gateway": "sms", "outcome": outcome}
    return REGISTRY.get_sample_value("rong_gateway_attempts_total", labels) or 0.0


async def test_a_message_arrives_as_it_was_written(stand_ins: StandIns, sms: HttpSms) -> None:
    before = counted("ok")
    await sms.send(to=PHONE, text="验证码 482915", message_id="m1")
    (message,) = await stand_ins.seen("sms", to=PHONE)
    assert (message["to"], message["text"], message["message_id"]) == (PHONE, "验证码 482915", "m1")
    assert counted("ok") == before + 1


async def test_a_repeat_under_the_same_id_is_sent_once(stand_ins: StandIns, sms: HttpSms) -> None:
    await sms.send(to=PHONE, text="one", message_id="same")
    await sms.send(to=PHONE, text="one", message_id="same")
    (message,) = await stand_ins.seen("sms")
    assert message["submitted"] == 2


async def test_a_lost_answer_is_asked_for_again_and_nothing_is_sent_twice(stand_ins: StandIns, sms: HttpSms) -> None:
    await stand_ins.fault("sms", drop=True, after=True, next=1)
    await sms.send(to=PHONE, text="one", message_id="lost")
    (message,) = await stand_ins.seen("sms")
    assert message["submitted"] == 2


@pytest.mark.parametrize("to", ["19900000001", "+86199", "not a number", "", "+86 199 0000 0001"])
async def test_a_number_the_gateway_refuses_is_named_and_not_retried(
    stand_ins: StandIns, sms: HttpSms, to: str
) -> None:
    with pytest.raises(SmsRefused) as refusal:
        await sms.send(to=to, text="hello", message_id="m")
    assert refusal.value.reason == "INVALID_NUMBER"
    assert await stand_ins.calls("sms") == 1
    assert await stand_ins.seen("sms") == []


async def test_a_text_too_long_is_refused_by_another_name(sms: HttpSms) -> None:
    with pytest.raises(SmsRefused) as refusal:
        await sms.send(to=PHONE, text="融" * 1001, message_id="long")
    assert refusal.value.reason == "INVALID_REQUEST"


async def test_a_wrong_key_makes_the_gateway_unavailable_at_once(stand_ins: StandIns, in_a_hurry: Patience) -> None:
    async with HttpSms(f"{stand_ins.url}/sms", SecretStr("wrong"), patience=in_a_hurry) as client:
        with pytest.raises(Unavailable):
            await client.send(to=PHONE, text="hello", message_id="m")
    assert await stand_ins.calls("sms") == 1


async def test_a_slow_gateway_runs_into_the_time_limit(stand_ins: StandIns, sms: HttpSms) -> None:
    before = counted("timeout")
    await stand_ins.fault("sms", delay_ms=2_000)
    with pytest.raises(Unavailable):
        await sms.send(to=PHONE, text="hello", message_id="slow")
    assert counted("timeout") == before + 3


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_gateway_that_stays_down_is_unavailable_after_three_attempts(
    stand_ins: StandIns, sms: HttpSms, status: int
) -> None:
    await stand_ins.fault("sms", status=status)
    with pytest.raises(Unavailable):
        await sms.send(to=PHONE, text="hello", message_id="down")
    assert await stand_ins.calls("sms") == 3
    assert await stand_ins.seen("sms") == []


async def test_nobody_listening_is_unavailable(in_a_hurry: Patience) -> None:
    async with HttpSms("http://127.0.0.1:9/sms", SecretStr("any"), patience=in_a_hurry) as client:
        with pytest.raises(Unavailable):
            await client.send(to=PHONE, text="hello", message_id="nobody")


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": True}])
async def test_a_gateway_that_flaps_is_survived(stand_ins: StandIns, sms: HttpSms, fault: dict[str, object]) -> None:
    await stand_ins.fault("sms", next=2, **fault)
    await sms.send(to=PHONE, text="hello", message_id="flap")
    assert len(await stand_ins.seen("sms")) == 1


async def test_a_short_wish_to_wait_is_followed(stand_ins: StandIns, sms: HttpSms) -> None:
    loop = asyncio.get_running_loop()
    await stand_ins.fault("sms", status=429, retry_after=1, next=1)
    began = loop.time()
    await sms.send(to=PHONE, text="hello", message_id="wait")
    assert loop.time() - began >= 1.0


async def test_a_long_wish_to_wait_is_not_waited_out(stand_ins: StandIns, sms: HttpSms) -> None:
    await stand_ins.fault("sms", status=429, retry_after=60)
    with pytest.raises(Unavailable):
        await sms.send(to=PHONE, text="hello", message_id="busy")
    assert await stand_ins.calls("sms") == 1


async def test_being_told_to_slow_down_does_not_open_the_circuit(stand_ins: StandIns, in_a_hurry: Patience) -> None:
    breaker = CircuitBreaker(threshold=1, rest=60)
    await stand_ins.fault("sms", status=429, next=1)
    async with HttpSms(
        f"{stand_ins.url}/sms", SecretStr(stand_ins.sms_key), patience=in_a_hurry, breaker=breaker
    ) as client:
        await client.send(to=PHONE, text="hello", message_id="m")
    assert breaker.state is CircuitState.CLOSED


async def test_an_open_circuit_spares_the_gateway_and_closes_once_it_is_well(
    stand_ins: StandIns, in_a_hurry: Patience
) -> None:
    seconds = [0.0]
    breaker = CircuitBreaker(threshold=3, rest=10, monotonic=lambda: seconds[0])
    client = HttpSms(f"{stand_ins.url}/sms", SecretStr(stand_ins.sms_key), patience=in_a_hurry, breaker=breaker)
    await stand_ins.fault("sms", status=503)
    with pytest.raises(Unavailable):
        await client.send(to=PHONE, text="hello", message_id="m1")
    assert breaker.state is CircuitState.OPEN
    with pytest.raises(Unavailable):
        await client.send(to=PHONE, text="hello", message_id="m1")
    assert await stand_ins.calls("sms") == 3
    assert REGISTRY.get_sample_value("rong_gateway_circuit_open", {"gateway": "sms"}) == 1.0

    await stand_ins.control.delete("/control/sms/faults")
    seconds[0] = 10.0
    await client.send(to=PHONE, text="hello", message_id="m1")
    assert breaker.state is CircuitState.CLOSED
    assert REGISTRY.get_sample_value("rong_gateway_circuit_open", {"gateway": "sms"}) == 0.0
    await client.aclose()


async def test_an_answer_that_is_no_gateways_is_not_taken_for_success(in_a_hurry: Patience) -> None:
    elsewhere = httpx2.MockTransport(lambda request: httpx2.Response(302, headers={"location": "/login"}))
    async with HttpSms("http://sms.test", SecretStr("k"), patience=in_a_hurry, transport=elsewhere) as client:
        with pytest.raises(Unavailable):
            await client.send(to=PHONE, text="hello", message_id="m")
