"""Inbox, phones and deliveries: each is written once, comes back to its owner only, and is sealed where personal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.core.ids import new_id
from app.core.mongo import Database
from app.core.paging import PageRequest
from notifications.channels.base import DeliveryOutcome, PushTarget, TargetKind
from notifications.deliveries.model import ChannelName, Delivery, DeliveryState, Fact
from notifications.deliveries.store import DeliveryStore
from notifications.devices.model import PushDevice
from notifications.devices.store import PushDeviceStore
from notifications.messages.model import Message
from notifications.messages.store import InboxStore
from notifications.preferences.model import Urgency
from notifications.templates.model import TemplateRef
from tests.stores.support import RING, at_once, bytes_of, persons_of, shaped, stored, within

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)


def message(key: str, citizen: str = "a") -> Message:
    ref = TemplateRef("TELL_CARD_ISSUED", 1)
    return Message(new_id(), key, citizen, "card.issued", "card", Urgency.NORMAL, ref, {"card": "c1"}, AT)


def phone(session: str, citizen: str = "a", token: str = "token-of-the-phone", locale: str = "en") -> PushDevice:
    return PushDevice(session, citizen, PushTarget(TargetKind.TOKEN, token), locale)


def delivery(id_: str, at: datetime = AT, outcome: DeliveryOutcome = DeliveryOutcome.ACCEPTED) -> Delivery:
    return Delivery(id_, "k", "m", "a", "a", ChannelName.PUSH, "s1", outcome, at, provider_id="fcm-1")


async def test_what_happened_is_one_message_however_often_it_is_told(db: Database) -> None:
    inbox = InboxStore(await shaped(db, "inbox"))
    told: list[Any] = await at_once(6, lambda _: inbox.add([message("e1"), message("e1", "b")]))
    assert len({(first.id, second.id) for first, second in told}) == 1
    (kept,) = (await inbox.page("a", PageRequest())).items
    assert (kept.key, kept.facts, kept.at, kept.read_at) == ("e1", {"card": "c1"}, AT, None)
    assert (await inbox.get("a", kept.id), await inbox.get("b", kept.id)) == (kept, None)


async def test_a_message_is_read_once_and_by_its_owner(db: Database) -> None:
    inbox = InboxStore(await shaped(db, "inbox"))
    (kept,) = await inbox.add([message("e1")])
    assert not await inbox.mark_read("b", kept.id, AT)
    assert await inbox.unread("a") == 1
    assert [await inbox.mark_read("a", kept.id, at) for at in (LATER, LATER + timedelta(days=1))] == [True, False]
    assert await inbox.get("a", kept.id) == replace(kept, read_at=LATER)
    assert await inbox.unread("a") == 0


async def test_a_phones_token_is_sealed_and_rings_for_whom_it_was_named_last(db: Database) -> None:
    devices = PushDeviceStore(await shaped(db, "push_devices", "person_keys"), RING, persons_of(db))
    mine, tablet = phone("s1"), phone("s2", token="t2", locale="zh-CN")
    for device in (mine, tablet, phone("s3", "b", "t3")):
        await devices.put(device, AT)
    assert (await devices.of(["a"], AT))["a"] == [mine, tablet]
    assert b"token-of-the-phone" not in bytes_of(await stored(db, "push_devices"))
    await devices.put(phone("s4", "b"), AT)
    await devices.drop("s2")
    assert await devices.of(["a"], AT) == {}
    assert (await devices.of(["b"], AT))["b"] == [phone("s3", "b", "t3"), phone("s4", "b")]


async def test_a_delivery_is_settled_once_and_learns_each_fact_once(db: Database) -> None:
    deliveries = DeliveryStore(await shaped(db, "deliveries"))
    await deliveries.record([delivery("d1")])
    await deliveries.record([delivery("d1", LATER, DeliveryOutcome.REJECTED), delivery("d2", LATER)])
    assert await deliveries.settled(["d1", "d2", "d3"]) == {"d1", "d2"}
    learnt = [await within(db, lambda tx: deliveries.learn("d1", Fact.DELIVERED, LATER, None, tx)) for _ in range(2)]
    assert learnt == [True, False]
    known = await deliveries.get("d1")
    assert known == replace(delivery("d1"), delivered_at=LATER)
    assert known.state is DeliveryState.DELIVERED
    assert [one.id for one in (await deliveries.newest(PageRequest())).items] == ["d2", "d1"]
