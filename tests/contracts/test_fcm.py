"""The real firebase-admin against FCM's stand-in over real HTTP. Fails when a private name it relies on goes away."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from firebase_admin import messaging
from prometheus_client import REGISTRY

from mocks.service_account import write_service_account
from notifications.channels.base import DeliveryOutcome, Push, PushMessage, PushTarget, TargetKind
from notifications.channels.fcm import FcmChannel

if TYPE_CHECKING:
    from tests.contracts.conftest import StandIns

HELLO = PushMessage("m1", "市民卡", "有一条新消息", {"kind": "disclosure"}, collapse_key="card", urgent=True)


@pytest.fixture
async def fcm(stand_ins: StandIns, service_account: Path) -> AsyncIterator[FcmChannel]:
    channel = FcmChannel(service_account, fcm_url=stand_ins.url, timeout=1.0)
    yield channel
    await channel.aclose()


def hello(*tokens: str, kind: TargetKind = TargetKind.TOKEN) -> list[Push]:
    return [Push(PushTarget(kind, token), HELLO) for token in tokens]


async def outcomes(channel: FcmChannel, *tokens: str) -> list[DeliveryOutcome]:
    return [delivery.outcome for delivery in await channel.send(hello(*tokens))]


async def test_a_push_arrives_as_it_was_written(stand_ins: StandIns, fcm: FcmChannel) -> None:
    (delivery,) = await fcm.send(hello("phone-1"))
    assert delivery.outcome is DeliveryOutcome.ACCEPTED
    assert delivery.provider_id is not None
    assert delivery.provider_id.startswith("projects/rong-local/messages/")
    (push,) = await stand_ins.seen("fcm", token="phone-1")
    assert (push["title"], push["body"]) == ("市民卡", "有一条新消息")
    assert push["data"] == {"kind": "disclosure", "message_id": "m1"}
    assert (push["priority"], push["collapse_key"]) == ("high", "card")


@pytest.mark.parametrize(
    ("message_id", "key", "place"),
    [
        ("m1", None, "m1"),
        ("m" * 64, None, "m" * 64),
        ("m" * 65, None, sha256(b"m" * 65).hexdigest()),
        ("m1", "digest", "digest"),
    ],
)
async def test_a_repeat_takes_the_place_of_its_copy_on_the_screen(
    stand_ins: StandIns, fcm: FcmChannel, message_id: str, key: str | None, place: str
) -> None:
    (one,) = hello("phone-1")
    await fcm.send([Push(one.target, replace(HELLO, message_id=message_id, collapse_key=key))])
    (push,) = await stand_ins.seen("fcm")
    assert (push["tag"], push["apns_collapse_id"], push["collapse_key"]) == (place, place, key)
    assert len(place.encode()) <= 64


async def test_an_app_is_reached_by_its_installation_id_as_by_its_token(stand_ins: StandIns, fcm: FcmChannel) -> None:
    both = [*hello("fid-1", kind=TargetKind.INSTALLATION), *hello("phone-1")]
    assert [delivery.outcome for delivery in await fcm.send(both)] == [DeliveryOutcome.ACCEPTED] * 2
    assert {push["token"]: push["kind"] for push in await stand_ins.seen("fcm")} == {"fid-1": "fid", "phone-1": "token"}


async def test_each_push_of_a_batch_carries_its_own_message(stand_ins: StandIns, fcm: FcmChannel) -> None:
    pushes = [Push(one.target, replace(HELLO, message_id=one.target.value)) for one in hello("phone-1", "phone-2")]
    await fcm.send(pushes)
    assert all(push["data"]["message_id"] == push["token"] for push in await stand_ins.seen("fcm"))


async def test_a_repeat_is_counted_and_shown_once(stand_ins: StandIns, fcm: FcmChannel) -> None:
    await fcm.send(hello("phone-1"))
    await fcm.send(hello("phone-1"))
    (push,) = await stand_ins.seen("fcm")
    assert push["submitted"] == 2


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("UNREGISTERED", DeliveryOutcome.UNREGISTERED),
        ("INVALID_ARGUMENT", DeliveryOutcome.REJECTED),
        ("SENDER_ID_MISMATCH", DeliveryOutcome.REJECTED),
        ("QUOTA_EXCEEDED", DeliveryOutcome.RETRY),
        ("UNAVAILABLE", DeliveryOutcome.RETRY),
        ("INTERNAL", DeliveryOutcome.RETRY),
        ("THIRD_PARTY_AUTH_ERROR", DeliveryOutcome.BLOCKED),
    ],
)
async def test_each_code_of_fcm_has_an_outcome_and_spares_the_other_tokens(
    stand_ins: StandIns, fcm: FcmChannel, code: str, outcome: DeliveryOutcome
) -> None:
    token = f"phone-{code}"
    await stand_ins.control.post("/control/fcm/tokens", json={"token": token, "error": code})
    assert await outcomes(fcm, "before", token, "after") == [
        DeliveryOutcome.ACCEPTED,
        outcome,
        DeliveryOutcome.ACCEPTED,
    ]


@pytest.mark.parametrize("status", [429, 503])
async def test_how_long_to_wait_is_passed_on_and_not_waited_for(
    stand_ins: StandIns, fcm: FcmChannel, status: int
) -> None:
    await stand_ins.fault("fcm", status=status, retry_after=60)
    (delivery,) = await fcm.send(hello("phone-1"))
    assert (delivery.outcome, delivery.retry_after) == (DeliveryOutcome.RETRY, 60)
    assert await stand_ins.calls("fcm") == 1


@pytest.mark.parametrize("fault", [{"status": 502}, {"drop": True}, {"delay_ms": 3_000}])
async def test_trouble_on_the_way_is_a_matter_of_trying_again(
    stand_ins: StandIns, fcm: FcmChannel, fault: dict[str, object]
) -> None:
    await stand_ins.fault("fcm", **fault)
    assert await outcomes(fcm, "phone-1") == [DeliveryOutcome.RETRY]


async def test_more_tokens_than_fcm_takes_in_one_call_all_arrive_in_order(
    stand_ins: StandIns, service_account: Path
) -> None:
    channel = FcmChannel(service_account, fcm_url=stand_ins.url)
    await stand_ins.control.post("/control/fcm/tokens", json={"token": "crowd-317", "error": "UNREGISTERED"})
    deliveries = await channel.send(hello(*(f"crowd-{number}" for number in range(501))))
    await channel.aclose()
    assert [n for n, one in enumerate(deliveries) if one.outcome is not DeliveryOutcome.ACCEPTED] == [317]
    assert await stand_ins.calls("fcm") == 501


async def test_a_batch_stays_within_what_firebase_takes(fcm: FcmChannel) -> None:
    with pytest.raises(ValueError, match="500"):
        await messaging.send_each_async([messaging.Message(topic="t")] * 501, app=fcm._app)
    assert fcm.batch <= 500


async def test_no_token_is_no_call(stand_ins: StandIns, fcm: FcmChannel) -> None:
    assert await fcm.send([]) == []
    assert await stand_ins.calls("fcm-token") == 0


async def test_an_access_token_is_fetched_once_for_all_who_wait(stand_ins: StandIns, fcm: FcmChannel) -> None:
    await asyncio.gather(*(fcm.send(hello(f"phone-{number}")) for number in range(8)))
    assert await stand_ins.calls("fcm-token") == 1


async def test_fetching_an_access_token_leaves_the_loop_free(stand_ins: StandIns, fcm: FcmChannel) -> None:
    await stand_ins.fault("fcm-token", delay_ms=500)
    sending = asyncio.ensure_future(fcm.send(hello("phone-1")))
    turns = 0
    while not sending.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert turns >= 10  # a blocked loop would have turned once or twice
    assert sending.result()[0].outcome is DeliveryOutcome.ACCEPTED


async def test_a_withdrawn_access_token_is_replaced_at_the_next_try(stand_ins: StandIns, fcm: FcmChannel) -> None:
    assert await outcomes(fcm, "phone-1") == [DeliveryOutcome.ACCEPTED]
    await stand_ins.control.delete("/control/fcm-token/tokens")
    assert await outcomes(fcm, "phone-1") == [DeliveryOutcome.RETRY]
    assert await outcomes(fcm, "phone-1") == [DeliveryOutcome.ACCEPTED]
    assert await stand_ins.calls("fcm-token") == 2


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": True}, {"delay_ms": 3_000}])
async def test_a_token_endpoint_in_trouble_is_a_matter_of_trying_again(
    stand_ins: StandIns, fcm: FcmChannel, fault: dict[str, object]
) -> None:
    await stand_ins.fault("fcm-token", **fault)
    assert await outcomes(fcm, "phone-1", "phone-2") == [DeliveryOutcome.RETRY] * 2
    assert await stand_ins.calls("fcm") == 0


async def test_an_account_google_does_not_accept_blocks_the_channel(stand_ins: StandIns, fcm: FcmChannel) -> None:
    await stand_ins.fault("fcm-token", status=400)
    assert await outcomes(fcm, "phone-1") == [DeliveryOutcome.BLOCKED]


async def test_two_channels_live_side_by_side_and_close(stand_ins: StandIns, tmp_path: Path) -> None:
    account = write_service_account(tmp_path, stand_ins.url, project="second")
    one, other = (FcmChannel(account, fcm_url=stand_ins.url) for _ in range(2))
    await one.aclose()
    assert await outcomes(other, "phone-1") == [DeliveryOutcome.ACCEPTED]
    await other.aclose()
    assert not [thread for thread in threading.enumerate() if "firebase" in thread.name.lower()]


async def test_deliveries_are_counted_by_outcome(fcm: FcmChannel) -> None:
    labels = {"channel": "fcm", "outcome": "accepted"}
    before = REGISTRY.get_sample_value("rong_channel_deliveries_total", labels) or 0.0
    await fcm.send(hello("phone-1", "phone-2"))
    assert REGISTRY.get_sample_value("rong_channel_deliveries_total", labels) == before + 2


def test_a_service_account_is_readable_by_its_owner_alone(service_account: Path) -> None:
    assert service_account.stat().st_mode & 0o077 == 0


def test_a_file_that_is_no_service_account_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}")
    with pytest.raises(ValueError, match="service account"):
        FcmChannel(wrong)
