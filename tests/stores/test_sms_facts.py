"""What a carrier reports of a text message, whichever comes first: the report, or the note that it was handed over."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, cast

import pytest

from app.core.events import Event
from app.core.ids import new_id
from app.core.mongo import Database
from app.core.outbox import Outbox
from notifications.channels.base import Delivery as Handed
from notifications.channels.base import DeliveryOutcome, PushChannel, SmsState
from notifications.deliveries.model import DeliveryState, sms_id
from notifications.deliveries.service import DeliveryService
from notifications.deliveries.store import DeliveryStore
from notifications.devices.store import PushDeviceStore
from notifications.messages.model import Message
from notifications.preferences.model import Urgency
from notifications.templates.model import TemplateRef
from notifications.webhooks.deliveries.model import owner_of
from tests.stores.support import RING, shaped
from tests.support.fakes import MovableClock

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PHONE = "+8619900000001"


@dataclass
class Carrier:
    """Accepts every message; `hasty` reports come while it still does."""

    receipts: DeliveryService | None = None
    hasty: list[tuple[SmsState, str | None, datetime]] = field(default_factory=list)
    reports: list[asyncio.Task[None]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    async def send(self, to: str, text: str, message_id: str) -> Handed:
        self.sent.append(message_id)
        assert self.receipts is not None
        for state, code, at in self.hasty:
            await self.receipts.sms_report(message_id, state, code, at)
        return Handed(DeliveryOutcome.ACCEPTED, message_id)


@dataclass
class Desk:
    service: DeliveryService
    carrier: Carrier
    counted: list[tuple[str, ...]]

    async def text(self, message: Message) -> None:
        assert await self.service.text(message, message.citizen, PHONE, "hello") == 0


@pytest.fixture
async def desk(db: Database) -> Desk:
    await shaped(db, "deliveries", "early_reports", "outbox")
    counted: list[tuple[str, ...]] = []

    def count(measure: str, by: int = 1, /, **labels: str) -> None:
        counted.append((measure, *labels.values()))

    clock, carrier = MovableClock(), Carrier()
    nobody = cast(PushDeviceStore, None), cast(PushChannel, None)
    service = DeliveryService(db, DeliveryStore(db), *nobody, carrier, RING, Outbox(db, clock), clock, count)
    carrier.receipts = service
    return Desk(service, carrier, counted)


def message() -> Message:
    facts: dict[str, Any] = {}
    ref = TemplateRef("TELL_CARD_ISSUED", 1)
    return Message(new_id(), new_id(), new_id(), "card.issued", "card", Urgency.NORMAL, ref, facts, AT)


async def test_a_report_that_overtakes_the_note_is_kept_for_it(desk: Desk) -> None:
    desk.carrier.hasty = [(SmsState.SUBMITTED, None, AT), (SmsState.DELIVERED, None, AT + timedelta(seconds=1))]
    one = message()
    await desk.text(one)
    (known,) = await desk.service.of(one)
    assert (known.state, known.delivered_at) == (DeliveryState.DELIVERED, AT + timedelta(seconds=1))
    assert desk.counted == [("deliveries", "sms", "accepted"), ("deliveries", "sms", "delivered")]


async def test_the_carrier_reads_nothing_of_whom_it_is_for(desk: Desk) -> None:
    one = message()
    await desk.text(one)
    await desk.text(one)
    (id_,) = desk.carrier.sent
    assert not any(known in id_ for known in (one.citizen, one.id, one.key))


async def test_a_bounce_after_a_delivery_is_another_fact(desk: Desk) -> None:
    one = message()
    await desk.text(one)
    (id_,) = desk.carrier.sent
    for _ in range(2):  # reported twice, kept once
        await desk.service.sms_report(id_, SmsState.DELIVERED, None, AT)
        await desk.service.sms_report(id_, SmsState.UNDELIVERABLE, "NUMBER_UNASSIGNED", AT + timedelta(hours=1))
    (known,) = await desk.service.of(one)
    assert (known.state, known.why) == (DeliveryState.BOUNCED, "NUMBER_UNASSIGNED")
    assert (known.delivered_at, known.bounced_at) == (AT, AT + timedelta(hours=1))
    assert [outcome for _, _, outcome in desk.counted] == ["accepted", "delivered", "bounced"]


@pytest.mark.parametrize("test", [True, False])
async def test_a_provider_in_test_mode_hears_of_it_in_test_mode(desk: Desk, db: Database, test: bool) -> None:
    one = replace(message(), template=TemplateRef("book_due", 1, "org-t"), test=test)
    await desk.text(one)
    (id_,) = desk.carrier.sent
    await desk.service.sms_report(id_, SmsState.DELIVERED, None, AT)
    (row,) = await db["outbox"].find({"type": "message.delivered"}).to_list(None)
    facts = {"organisation": "org-t", "message": one.key, "channel": "sms"}
    assert row["facts"] == {**facts, "test": test}
    assert owner_of(Event(row["_id"], row["type"], row["citizen"], row["facts"], row["at"])) == ("org-t", test)


async def test_what_nobody_sent_is_forgotten_by_itself(desk: Desk, db: Database) -> None:
    await desk.service.sms_report("nobody's", SmsState.DELIVERED, None, AT)
    assert await db["deliveries"].count_documents({}) == 0
    (row,) = await db["early_reports"].find({}).to_list(None)
    assert row["tidy_at"] > datetime.now(UTC)
    assert desk.counted == []


async def test_note_and_report_race_and_neither_is_lost(desk: Desk) -> None:
    rng = random.Random(20260302)

    async def late(id_: str, wait: float) -> None:
        await asyncio.sleep(wait)
        await desk.service.sms_report(id_, SmsState.DELIVERED, None, AT)

    async def run(one: Message) -> None:
        id_ = sms_id(one.key, one.citizen, one.citizen, partial(RING.keyed_hash, kind="sms message"))
        reporting = asyncio.create_task(late(id_, rng.random() / 50))
        await asyncio.sleep(rng.random() / 50)
        await desk.text(one)
        await reporting

    messages = [message() for _ in range(60)]
    await asyncio.gather(*(run(one) for one in messages))
    states = [known.state for one in messages for known in await desk.service.of(one)]
    assert states == [DeliveryState.DELIVERED] * 60
    assert desk.counted.count(("deliveries", "sms", "delivered")) == 60
