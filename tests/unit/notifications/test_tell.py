"""From an event to the phones: who is asked, in which language, again and no more. Stores in memory, no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from app.core.changes import Changes
from app.core.outbox import Claim, Event, Outbox
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.jobs.relay import Relay
from notifications.channels.base import Delivery, DeliveryOutcome, Push, PushChannel, PushMessage
from notifications.errors import MessageUnknown, PushTokenInvalid
from notifications.model import RULES, SILENT, Message, PushDevice, RetryLater
from notifications.service import NotificationService
from notifications.store import DeliveryStore, InboxStore, PushDeviceStore
from tests.support.fakes import MovableClock, RecordingPush

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CITIZEN = Viewer(role=Role.CITIZEN, actor="c", subject="c", session="s1")
SUSPENDED = Event("e1", "card.suspended", "c", {"card": "card-1"}, AT)
PHONE, TABLET = PushDevice("s1", "c", "phone-token", "zh-CN"), PushDevice("s2", "c", "tablet-token", "en")


class Inbox:
    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}

    async def add(self, event: Event) -> Message:
        new = Message(f"m-{event.id}", event.citizen, event.type, event.facts, event.at)
        return self.messages.setdefault(new.id, new)

    async def get(self, citizen: str, message: str) -> Message | None:
        found = self.messages.get(message)
        return found if found is not None and found.citizen == citizen else None

    async def mark_read(self, citizen: str, message: str, at: datetime) -> None:
        found = await self.get(citizen, message)
        if found is not None and found.read_at is None:
            self.messages[message] = replace(found, read_at=at)

    async def page(self, citizen: str, request: PageRequest) -> Page[Message]:
        return Page.cut([m for m in self.messages.values() if m.citizen == citizen], request)


class Devices:
    def __init__(self, *devices: PushDevice) -> None:
        self.kept = {device.session: device for device in devices}

    async def of(self, citizen: str, at: datetime) -> list[PushDevice]:
        return [device for device in self.kept.values() if device.citizen == citizen]

    async def put(self, device: PushDevice, at: datetime) -> None:
        self.kept[device.session] = device

    async def drop(self, session: str) -> None:
        self.kept.pop(session, None)


class Deliveries:
    def __init__(self) -> None:
        self.outcomes: dict[tuple[str, str], DeliveryOutcome] = {}

    async def settled(self, message: str, devices: Sequence[PushDevice]) -> set[str]:
        return {d.session for d in devices if (message, d.session) in self.outcomes}

    async def record(self, message: str, device: PushDevice, delivery: Delivery, at: datetime) -> None:
        self.outcomes[message, device.session] = delivery.outcome


class Desk:
    """The service on stores in memory; `push.outcomes` says what the phones' provider answers next."""

    def __init__(self, *devices: PushDevice) -> None:
        self.inbox, self.devices, self.deliveries = Inbox(), Devices(*devices), Deliveries()
        self.push = RecordingPush()
        self.service = self._with(self.push)

    def _with(self, push: PushChannel) -> NotificationService:
        return NotificationService(
            cast(InboxStore, self.inbox),
            cast(PushDeviceStore, self.devices),
            cast(DeliveryStore, self.deliveries),
            push,
            cast(Changes, None),
            MovableClock(),
        )

    @property
    def rung(self) -> list[str]:
        return [token for token, _ in self.push.sent]

    def pushed_to(self, token: str) -> PushMessage:
        (message,) = [message for to, message in self.push.sent if to == token]
        return message


async def test_each_phone_is_told_in_its_own_language_and_nothing_personal() -> None:
    desk = Desk(PHONE, TABLET)
    await desk.service.tell(SUSPENDED)
    chinese, english = desk.pushed_to("phone-token"), desk.pushed_to("tablet-token")
    assert not chinese.title.isascii()
    assert english.title.isascii()
    assert english.body.isascii()
    assert english.urgent
    assert english.message_id == "e1"
    assert "card-1" not in chinese.title + chinese.body + english.title + english.body


@pytest.mark.parametrize("event", sorted(RULES))
@pytest.mark.parametrize("locale", ["zh-CN", "en"])
async def test_every_event_can_be_told(event: str, locale: str) -> None:
    desk = Desk(replace(PHONE, locale=locale))
    facts = {
        "card": "card-1",
        "session": "s2",
        "guardianship": "g1",
        "disclosure": "d1",
        "organisation": "library",
        "purpose": "transit",
        "valid_until": "2031-03-01",
    }
    await desk.service.tell(replace(SUSPENDED, type=event, facts=facts))
    (message,) = [message for _, message in desk.push.sent]
    text = f"{message.title} {message.body}"
    assert message.title.strip()
    assert message.body.strip()
    assert "{" not in text
    assert message.urgent is RULES[event].urgent
    assert event not in SILENT


async def test_an_event_told_twice_rings_once() -> None:
    desk = Desk(PHONE, TABLET)
    for _ in range(3):
        await desk.service.tell(SUSPENDED)
    assert sorted(desk.rung) == ["phone-token", "tablet-token"]
    assert len(desk.inbox.messages) == 1


@pytest.mark.parametrize("trouble", [DeliveryOutcome.RETRY, DeliveryOutcome.BLOCKED])
async def test_only_the_phone_that_was_not_reached_is_asked_again(trouble: DeliveryOutcome) -> None:
    desk = Desk(PHONE, TABLET)
    desk.push.outcomes = [DeliveryOutcome.ACCEPTED, trouble]
    with pytest.raises(RetryLater) as later:
        await desk.service.tell(SUSPENDED)
    assert later.value.after > timedelta(0)
    await desk.service.tell(SUSPENDED)
    await desk.service.tell(SUSPENDED)
    assert desk.rung == ["phone-token", "tablet-token", "tablet-token"]


async def test_the_longest_wait_that_a_provider_asks_for_is_kept() -> None:
    class Slow(RecordingPush):
        async def send(self, pushes: Sequence[Push]) -> list[Delivery]:
            waits = {"phone-token": 40, "tablet-token": 7}
            return [Delivery(DeliveryOutcome.RETRY, retry_after=waits[push.target.value]) for push in pushes]

    with pytest.raises(RetryLater) as later:
        await Desk(PHONE, TABLET)._with(Slow()).tell(SUSPENDED)
    assert later.value.after == timedelta(seconds=40)


async def test_a_phone_that_is_gone_is_forgotten() -> None:
    desk = Desk(PHONE, TABLET)
    desk.push.outcomes = [DeliveryOutcome.UNREGISTERED]
    await desk.service.tell(SUSPENDED)
    assert list(desk.devices.kept) == ["s2"]
    await desk.service.tell(replace(SUSPENDED, id="e2"))
    assert desk.rung == ["phone-token", "tablet-token", "tablet-token"]


async def test_a_message_that_is_refused_for_good_is_not_sent_again() -> None:
    desk = Desk(PHONE)
    desk.push.outcomes = [DeliveryOutcome.REJECTED]
    await desk.service.tell(SUSPENDED)
    await desk.service.tell(SUSPENDED)
    assert (desk.rung, list(desk.devices.kept)) == (["phone-token"], ["s1"])


async def test_what_was_read_in_the_app_does_not_ring() -> None:
    desk = Desk(PHONE)
    desk.push.outcomes = [DeliveryOutcome.RETRY]
    with pytest.raises(RetryLater):
        await desk.service.tell(SUSPENDED)
    first = await desk.service.mark_read(CITIZEN, "m-e1")
    assert await desk.service.mark_read(CITIZEN, "m-e1") == first
    await desk.service.tell(SUSPENDED)
    assert desk.rung == ["phone-token"]


async def test_somebody_elses_message_cannot_be_read() -> None:
    desk = Desk()
    await desk.service.tell(SUSPENDED)
    stranger = replace(CITIZEN, actor="x", subject="x")
    with pytest.raises(MessageUnknown):
        await desk.service.mark_read(stranger, "m-e1")
    assert desk.inbox.messages["m-e1"].read_at is None


async def test_signing_out_silences_the_phone_and_tells_nobody() -> None:
    desk = Desk(PHONE, TABLET)
    await desk.service.tell(Event("e2", "session.ended", "c", {"session": "s1"}, AT))
    assert (list(desk.devices.kept), desk.rung, desk.inbox.messages) == (["s2"], [], {})


async def test_an_event_of_no_known_kind_is_passed_over() -> None:
    desk = Desk(PHONE)
    await desk.service.tell(replace(SUSPENDED, type="card.of.tomorrow"))
    assert (desk.rung, desk.inbox.messages) == ([], {})


@pytest.mark.parametrize("token", ["", "x" * 19, "x" * 4097, "令" * 30, "x" * 20 + "\n"])
async def test_a_token_of_no_phone_is_refused(token: str) -> None:
    desk = Desk()
    with pytest.raises(PushTokenInvalid):
        await desk.service.register_device(CITIZEN, token, "en")
    assert desk.devices.kept == {}


async def test_a_session_has_one_phone_and_its_newest_token() -> None:
    desk = Desk()
    for token in ("t" * 30, "u" * 30):
        await desk.service.register_device(CITIZEN, token, "en")
    assert desk.devices.kept == {"s1": PushDevice("s1", "c", "u" * 30, "en")}


class Rows:
    """An outbox of claims made ready; keeps what became of each."""

    def __init__(self, *attempts: int) -> None:
        self.claims = [Claim(replace(SUSPENDED, id=f"e{n}"), "fence", n) for n in attempts]
        self.settled: list[tuple[str, timedelta | None, str]] = []

    async def claim(self, most: int = 50, lease: timedelta | None = None) -> list[Claim]:
        claims, self.claims = self.claims, []
        return claims

    async def done(self, claim: Claim) -> bool:
        self.settled.append((claim.event.id, None, ""))
        return True

    async def again(self, claim: Claim, after: timedelta, reason: str) -> bool:
        self.settled.append((claim.event.id, after, reason))
        return True


async def relayed(rows: Rows, tell: Any) -> list[tuple[str, timedelta | None, str]]:
    assert await Relay(cast(Outbox, rows), tell).round() > 0
    return rows.settled


async def test_the_relay_waits_longer_each_time_and_an_hour_at_most() -> None:
    async def fails(event: Event) -> None:
        raise RuntimeError("the text of this is for nobody")

    settled = await relayed(Rows(1, 2, 3, 6, 11, 12, 19), fails)
    assert [wait.total_seconds() for _, wait, _ in settled if wait] == [2, 4, 8, 64, 2048, 3600, 3600]
    assert {reason for _, _, reason in settled} == {"RuntimeError"}


async def test_the_relay_keeps_to_what_a_channel_asks_for() -> None:
    async def busy(event: Event) -> None:
        raise RetryLater(timedelta(seconds=30))

    settled = await relayed(Rows(1, 8), busy)
    assert [wait for _, wait, _ in settled] == [timedelta(seconds=30), timedelta(seconds=256)]


async def test_one_event_in_trouble_does_not_hold_up_the_others() -> None:
    async def fussy(event: Event) -> None:
        if event.id == "e2":
            raise RuntimeError

    settled = await relayed(Rows(1, 2, 3), fussy)
    assert sorted((id_, wait is None) for id_, wait, _ in settled) == [("e1", True), ("e2", False), ("e3", True)]
