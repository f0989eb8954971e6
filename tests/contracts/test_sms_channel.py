"""The SMS channel of notifications over the real client against the stand-in: each answer has an outcome."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr

from app.gateways.breaker import CircuitBreaker
from app.gateways.http import Patience
from app.gateways.sms import HttpSms
from notifications.channels.base import Delivery, DeliveryOutcome
from notifications.channels.sms import OUTCOMES, GatewaySms, SmsAnswer

if TYPE_CHECKING:
    from tests.contracts.conftest import StandIns

PHONE = "+8619900000001"


@pytest.fixture
async def gateway(stand_ins: StandIns, in_a_hurry: Patience) -> AsyncIterator[HttpSms]:
    async with HttpSms(f"{stand_ins.url}/sms", SecretStr(stand_ins.sms_key), patience=in_a_hurry) as client:
        yield client


@pytest.fixture
def channel(gateway: HttpSms) -> GatewaySms:
    return GatewaySms(gateway)


async def test_a_message_arrives_and_its_repeat_is_dropped(stand_ins: StandIns, channel: GatewaySms) -> None:
    for _ in range(2):
        done = await channel.send(PHONE, "您有一条新消息", "m1")
        assert done == Delivery(DeliveryOutcome.ACCEPTED, provider_id="m1")
    (message,) = await stand_ins.seen("sms", to=PHONE)
    assert (message["text"], message["message_id"], message["submitted"]) == ("您有一条新消息", "m1", 2)


@pytest.mark.parametrize(
    ("refusal", "outcome"),
    [
        ("NUMBER_UNASSIGNED", DeliveryOutcome.UNREGISTERED),
        ("CONTENT_REFUSED", DeliveryOutcome.REJECTED),
        ("RECIPIENT_OPTED_OUT", DeliveryOutcome.REJECTED),
        ("INSUFFICIENT_BALANCE", DeliveryOutcome.BLOCKED),
        ("SIGNATURE_NOT_APPROVED", DeliveryOutcome.BLOCKED),
    ],
)
async def test_each_refusal_has_an_outcome_and_is_named(
    stand_ins: StandIns, channel: GatewaySms, refusal: str, outcome: DeliveryOutcome
) -> None:
    await stand_ins.control.post("/control/sms/numbers", json={"to": PHONE, "refusal": refusal})
    assert await channel.send(PHONE, "hello", "m1") == Delivery(outcome, code=refusal)
    assert (await channel.send("+8619900000002", "hello", "m2")).outcome is DeliveryOutcome.ACCEPTED


@pytest.mark.parametrize("to", ["19900000001", "not a number", ""])
async def test_a_number_that_is_none_is_rejected(channel: GatewaySms, to: str) -> None:
    assert await channel.send(to, "hello", "m1") == Delivery(DeliveryOutcome.REJECTED, code="INVALID_NUMBER")


@pytest.mark.parametrize("refusal", ["NUMBER_THROTTLED", "QUOTA_EXCEEDED"])
async def test_a_quota_is_tried_again_after_the_wait_the_gateway_asks_for(
    stand_ins: StandIns, channel: GatewaySms, refusal: str
) -> None:
    await stand_ins.control.post("/control/sms/numbers", json={"to": PHONE, "refusal": refusal})
    done = await channel.send(PHONE, "hello", "m1")
    assert (done.outcome, done.retry_after) == (DeliveryOutcome.RETRY, 60)
    assert await stand_ins.calls("sms") == 1


@pytest.mark.parametrize("fault", [{"status": 503, "retry_after": 30}, {"status": 500}, {"drop": True}])
async def test_an_outage_is_tried_again_later_and_not_within_the_call(
    stand_ins: StandIns, channel: GatewaySms, fault: dict[str, int | bool]
) -> None:
    await stand_ins.fault("sms", **fault)
    done = await channel.send(PHONE, "hello", "m1")
    assert (done.outcome, done.retry_after) == (DeliveryOutcome.RETRY, fault.get("retry_after"))
    assert await stand_ins.calls("sms") == 1


async def test_a_slow_gateway_is_tried_again_later(stand_ins: StandIns, channel: GatewaySms) -> None:
    await stand_ins.fault("sms", delay_ms=2_000)
    assert await channel.send(PHONE, "hello", "m1") == Delivery(DeliveryOutcome.RETRY, code="TIMEOUT")


async def test_a_gateway_known_to_be_down_is_spared(stand_ins: StandIns, in_a_hurry: Patience) -> None:
    breaker = CircuitBreaker(threshold=1, rest=60)
    await stand_ins.fault("sms", status=503)
    async with HttpSms(
        f"{stand_ins.url}/sms", SecretStr(stand_ins.sms_key), patience=in_a_hurry, breaker=breaker
    ) as client:
        channel = GatewaySms(client)
        codes = [(await channel.send(PHONE, "hello", "m1")).code for _ in range(3)]
    assert codes == ["FAILED", "CIRCUIT_OPEN", "CIRCUIT_OPEN"]
    assert await stand_ins.calls("sms") == 1


async def test_a_wrong_key_blocks_the_channel(stand_ins: StandIns, in_a_hurry: Patience) -> None:
    async with HttpSms(f"{stand_ins.url}/sms", SecretStr("wrong"), patience=in_a_hurry) as client:
        done = await GatewaySms(client).send(PHONE, "hello", "m1")
    assert done == Delivery(DeliveryOutcome.BLOCKED, code="INVALID_API_KEY")


@pytest.mark.parametrize("code", ["A_WORD_OF_TOMORROW", "REFUSED"])
async def test_a_word_nobody_knows_rejects_the_message(code: str) -> None:
    class Odd:
        async def submit(self, *, to: str, text: str, message_id: str, report_to: str | None = None) -> SmsAnswer:
            return SmsAnswer(code)

    assert (await GatewaySms(Odd()).send(PHONE, "hello", "m1")).outcome is DeliveryOutcome.REJECTED


async def test_a_fault_of_our_own_is_tried_again() -> None:
    class Broken:
        async def submit(self, *, to: str, text: str, message_id: str, report_to: str | None = None) -> SmsAnswer:
            raise RuntimeError("the text of this quotes the message")

    assert (await GatewaySms(Broken()).send(PHONE, "hello", "m1")).outcome is DeliveryOutcome.RETRY


async def test_text_messages_are_counted_by_outcome(channel: GatewaySms) -> None:
    labels = {"channel": "sms", "outcome": "accepted"}
    before = REGISTRY.get_sample_value("rong_channel_deliveries_total", labels) or 0.0
    await channel.send(PHONE, "hello", "m1")
    assert REGISTRY.get_sample_value("rong_channel_deliveries_total", labels) == before + 1


def test_every_outcome_is_what_some_code_means() -> None:
    assert set(OUTCOMES.values()) == set(DeliveryOutcome)
