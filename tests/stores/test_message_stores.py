"""Stores of messages: one line each, sealed tokens, deliveries settled once, facts with their first time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.core.mongo import Database
from app.core.paging import PageRequest
from notifications.channels.base import DeliveryOutcome, PushTarget, TargetKind
from notifications.deliveries.model import ChannelName, Delivery, DeliveryState, Fact, push_id
from notifications.deliveries.store import DeliveryStore, DigestStore
from notifications.devices.model import PushDevice
from notifications.devices.store import PushDeviceStore
from notifications.messages.model import Message, Routing
from notifications.messages.store import InboxStore
from notifications.preferences.model import Preferences, Urgency, decide
from notifications.templates.model import TemplateRef
from tests.stores.support import RING, at_once, bytes_of, persons_of, shaped, stored

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)
DECISION = decide(Preferences("a"), "card", Urgency.NORMAL, AT, has_push=True)
MESSAGE = Message(
    id="m1",
    key="e1",
    citizen="a",
    event="card.issued",
    source="card",
    urgency=Urgency.NORMAL,
    template=TemplateRef("TELL_CARD_ISSUED", 0),
    facts={"card": "c1"},
    at=AT,
    routings=(Routing("a", DECISION),),
)


async def test_a_message_is_one_line_however_often_it_is_written(db: Database) -> None:
    inbox = InboxStore(await shaped(db, "inbox"))
    written = await at_once(6, lambda n: inbox.add([replace(MESSAGE, id=f"m{n}")]))
    assert len({message.id for (message,) in written}) == 1
    (kept,) = (await inbox.page("a", PageRequest())).items
    assert kept == replace(MESSAGE, id=kept.id)
    assert await inbox.get("b", kept.id) is None
    again = await inbox.add([replace(MESSAGE, id="other"), replace(MESSAGE, id="new", key="e2")])
    assert [message.id for message in again] == [kept.id, "new"]
    assert await inbox.add([]) == []


async def test_reading_counts_once_and_for_its_owner_only(db: Database) -> None:
    inbox = InboxStore(await shaped(db, "inbox"))
    await inbox.add([replace(MESSAGE, id=f"m{n}", key=f"e{n}") for n in range(5)])
    assert not await inbox.mark_read("b", "m0", AT)
    assert [await inbox.mark_read("a", "m0", at) for at in (AT, LATER)] == [True, False]
    assert (await inbox.get("a", "m0")) == replace(MESSAGE, id="m0", key="e0", read_at=AT)
    assert await inbox.unread_ids("a", 3) == ["m1", "m2", "m3"]
    assert [await inbox.mark_all_read("a", "m3", LATER) for _ in range(2)] == [3, 0]
    assert (await inbox.unread("a"), await inbox.unread_ids("a", 9)) == (1, ["m4"])


async def test_a_phones_token_is_sealed_and_belongs_to_one_session(db: Database) -> None:
    devices = PushDeviceStore(await shaped(db, "push_devices", "person_keys"), RING, persons_of(db))
    token = PushTarget(TargetKind.TOKEN, "token-of-the-phone")
    phone, tablet = PushDevice("s1", "a", token, "en"), PushDevice("s2", "a", replace(token, value="t2"), "zh-CN")
    other = PushDevice("s3", "b", PushTarget(TargetKind.INSTALLATION, "t3"), "en")
    for device in (phone, tablet, other):
        await devices.put(device, AT)
    found = await devices.of(["a", "b", "c"], AT)
    assert {who: sorted(some, key=lambda one: one.session) for who, some in found.items()} == {
        "a": [phone, tablet],
        "b": [other],
    }
    assert b"token-of-the-phone" not in bytes_of(await stored(db, "push_devices"))
    taken_over = replace(phone, session="s9", citizen="b")
    await devices.put(taken_over, AT)
    renewed = replace(tablet, target=replace(token, value="t2 before"))
    await devices.drop_many([renewed])
    assert await devices.of(["a"], AT) == {"a": [tablet]}
    await devices.drop_many([tablet, other])
    assert await devices.of(["a", "b"], AT) == {"b": [taken_over]}


def made(number: int, outcome: DeliveryOutcome = DeliveryOutcome.ACCEPTED, sender: str | None = None) -> Delivery:
    return Delivery(
        id=push_id("e1", "a", f"s{number}"),
        key="e1",
        message="m1",
        citizen="a",
        recipient="a",
        channel=ChannelName.PUSH,
        target=f"s{number}",
        outcome=outcome,
        at=AT + timedelta(seconds=number),
        sender=sender,
    )


async def test_a_delivery_is_settled_once_and_the_first_record_stays(db: Database) -> None:
    deliveries = DeliveryStore(await shaped(db, "deliveries"))
    await deliveries.record([made(1), made(2, DeliveryOutcome.REJECTED)])
    await deliveries.record([replace(made(1), outcome=DeliveryOutcome.REJECTED), made(3)])
    ids = [made(number).id for number in range(5)]
    assert await deliveries.settled(ids) == {made(number).id for number in (1, 2, 3)}
    first = await deliveries.get(made(1).id)
    assert first is not None
    assert (first.outcome, first.state) == (DeliveryOutcome.ACCEPTED, DeliveryState.ACCEPTED)
    page = await deliveries.newest(PageRequest(2, None))
    assert ([one.target for one in page.items], page.has_next) == (["s3", "s2"], True)
    rest = await deliveries.newest(PageRequest(2, page.items[-1].seq))
    assert ([one.target for one in rest.items], rest.has_next) == (["s1"], False)
    rejected = await deliveries.newest(PageRequest(9, None), DeliveryOutcome.REJECTED)
    assert [one.target for one in rejected.items] == ["s2"]


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ((), DeliveryState.ACCEPTED),
        ((Fact.DELIVERED,), DeliveryState.DELIVERED),
        ((Fact.DELIVERED, Fact.BOUNCED), DeliveryState.BOUNCED),
        ((Fact.BOUNCED, Fact.DELIVERED), DeliveryState.BOUNCED),
        ((Fact.BOUNCED, Fact.READ), DeliveryState.READ),
        ((Fact.READ, Fact.DELIVERED), DeliveryState.READ),
    ],
)
async def test_facts_are_kept_with_their_first_time_in_any_order(
    db: Database, facts: tuple[Fact, ...], state: DeliveryState
) -> None:
    deliveries = DeliveryStore(await shaped(db, "deliveries"))
    await deliveries.record([made(1)])
    for fact in facts:
        for at, first in ((AT, True), (LATER, False)):
            learned = await db.transaction(
                lambda tx, fact=fact, at=at: deliveries.learn(made(1).id, fact, at, "WHY", tx)  # type: ignore[misc]
            )
            assert learned is first
    kept = await deliveries.get(made(1).id)
    assert kept is not None
    assert kept.state is state
    assert {getattr(kept, f"{fact.value}_at") for fact in facts} <= {AT}


async def test_what_was_read_is_a_fact_of_the_citys_deliveries_at_once_and_news_of_providers(db: Database) -> None:
    deliveries = DeliveryStore(await shaped(db, "deliveries"))
    await deliveries.record([made(1), made(2, sender="library")])
    await deliveries.read_of_city("b", ["m1"], AT)
    await deliveries.read_of_city("a", ["m1"], AT)
    assert await deliveries.unread_of_providers("a", ["m1"]) == [made(2).id]
    known = {one.target: one.read_at for one in await deliveries.of_message("a", "m1")}
    assert known == {"s1": AT, "s2": None}
    assert [one.target for one in await deliveries.of_sender("library", "e1")] == ["s2"]
    assert await deliveries.of_sender("other", "e1") == []


async def test_a_digest_holds_each_message_once(db: Database) -> None:
    digests = DigestStore(await shaped(db, "digests"), RING)
    ids = await at_once(4, lambda n: digests.put("a", AT, [("a", "m1"), ("ward", f"m{n % 2 + 2}")]))
    (digest,) = set(ids)
    assert isinstance(digest, str)
    for _ in range(2):
        assert sorted(await digests.take(digest)) == [("a", "m1"), ("ward", "m2"), ("ward", "m3")]
    assert await digests.put("a", AT, [("a", "m4")]) is None
    later = await digests.put("a", LATER, [("a", "m4")])
    assert later not in (None, digest)


async def test_what_is_put_while_a_digest_is_taken_is_in_it_or_is_told_so(db: Database) -> None:
    digests = DigestStore(await shaped(db, "digests"), RING)
    for n in range(20):
        digest = await digests.put(f"c{n}", AT, [("a", "m0")])
        assert digest is not None
        whose = f"c{n}"
        putting = asyncio.gather(*(digests.put(whose, AT, [("a", f"m{one}")]) for one in range(1, 5)))
        taken = await digests.take(digest)
        puts = await putting
        assert {f"m{one}" for one, put in enumerate(puts, 1) if put} | {"m0"} == {m for _, m in taken}
