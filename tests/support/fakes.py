"""Fakes that record. They stand where `wiring.Outside` puts the HTTP clients; nothing is patched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from app.core.errors import Unavailable
from app.domains.identity.sign_in.errors import SmsRefused
from app.domains.identity.verification.model import RegistryRecord
from app.domains.voice.cases.history.model import CaseChannel
from app.domains.voice.channels.intake.answers.model import Sent
from app.domains.voice.channels.intake.model import HEARD
from app.gateways.neighbours import HttpDoors
from app.gateways.pinned import PinnedHttp
from app.wiring import Outside
from mocks.city import KIN, household_of, person_by_id_number
from mocks.people import kinship
from mocks.portrait import portrait
from notifications.channels.base import Delivery, DeliveryOutcome, Push, PushMessage
from notifications.channels.targets import TargetRules
from notifications.channels.webhook import WebhookAnswer, WebhookOutcome
from notifications.webhooks.endpoints.errors import TargetFault, WebhookTargetRefused
from tests.support.biller_desk import FakeBillers
from tests.support.exchange import FakeExchange
from tests.support.gateway import FakeGateway
from tests.support.hospital_records import FakeHealth
from tests.support.library import FakeLibrary

_Fake = TypeVar("_Fake")


@contextmanager
def otherwise(fake: _Fake, **how: Any) -> Iterator[_Fake]:
    """An outside system as it is not always, for a while."""
    before = {name: getattr(fake, name) for name in how}
    for name, value in how.items():
        setattr(fake, name, value)
    try:
        yield fake
    finally:
        for name, value in before.items():
            setattr(fake, name, value)


@cache
def _face() -> bytes:
    """The one photo of all whom tests invent: to draw one takes longer than most of what they do."""
    return portrait("350102199001010011")


@cache
def _http() -> PinnedHttp:
    """To read the roots that TLS trusts takes longer than all else that a city's fakes are made of."""
    return PinnedHttp(TargetRules(near=True))


class MovableClock:
    """Real time, moved by what a test adds."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        now = datetime.now(UTC) + self.ahead
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def advance(self, **by: float) -> None:
        self.ahead += timedelta(**by)


@dataclass
class RecordingSms:
    """`down` and `refuse` make it fail."""

    sent: list[tuple[str, str, str]] = field(default_factory=list)
    down: bool = False
    refuse: bool = False

    async def send(self, *, to: str, text: str, message_id: str) -> None:
        if self.down:
            raise Unavailable
        if self.refuse:
            raise SmsRefused("INVALID_NUMBER")
        self.sent.append((to, text, message_id))

    def code_for(self, phone: str) -> str:
        """The code in the newest message to that phone."""
        text = next(text for to, text, _ in reversed(self.sent) if to == phone)
        found = re.search(r"\b(\d{6})\b", text)
        assert found is not None
        return found.group(1)


@dataclass
class FakeRegistry:
    """Knows the people of the seeded city, and those a test adds. `asked` counts the questions."""

    people: dict[str, str] = field(default_factory=dict)
    relations: dict[tuple[str, str], str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    down: bool = False

    async def check(self, *, name: str, id_number: str, request_id: str) -> RegistryRecord | None:
        if self.down:
            raise Unavailable
        self.asked.append(request_id)
        person = person_by_id_number(id_number)
        if person is not None and person.name == name:
            household = household_of(person)
            return RegistryRecord(portrait(id_number), household.key, household.division)
        if self.people.get(id_number) == name:
            return RegistryRecord(_face(), "test", "350102000000")
        return None

    async def relation(self, *, guardian: str, ward: str, request_id: str) -> str | None:
        if self.down:
            raise Unavailable
        if (guardian, ward) in self.relations:
            return self.relations[guardian, ward]
        one, other = person_by_id_number(guardian), person_by_id_number(ward)
        return kinship(one.key, other.key, KIN) if one and other else None


@dataclass
class RecordingPush:
    """`outcomes` are given one by one; then every push is accepted."""

    sent: list[tuple[str, PushMessage]] = field(default_factory=list)
    outcomes: list[DeliveryOutcome] = field(default_factory=list)

    async def send(self, pushes: Sequence[Push]) -> list[Delivery]:
        self.sent += [(push.target.value, push.message) for push in pushes]
        return [Delivery(self._outcome(), "provider-id") for _ in pushes]

    def _outcome(self) -> DeliveryOutcome:
        return self.outcomes.pop(0) if self.outcomes else DeliveryOutcome.ACCEPTED

    async def aclose(self) -> None:
        pass


@dataclass
class RecordingTexts:
    """The SMS channel of notifications. `sent` is (to, text, message id); `outcomes` are given one by one, then every
    message is accepted."""

    sent: list[tuple[str, str, str]] = field(default_factory=list)
    outcomes: list[Delivery] = field(default_factory=list)

    async def send(self, to: str, text: str, message_id: str) -> Delivery:
        self.sent.append((to, text, message_id))
        return self.outcomes.pop(0) if self.outcomes else Delivery(DeliveryOutcome.ACCEPTED, message_id)


@dataclass
class RecordingWebhooks:
    """`sent` is (address, headers, body); `outcomes` are given one by one, then everything is delivered."""

    sent: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    outcomes: list[WebhookAnswer] = field(default_factory=list)
    refused: dict[str, TargetFault] = field(default_factory=dict)

    async def check(self, url: str) -> None:
        if url in self.refused:
            raise WebhookTargetRefused(self.refused[url])

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> WebhookAnswer:
        self.sent.append((url, dict(headers), body))
        return self.outcomes.pop(0) if self.outcomes else WebhookAnswer(WebhookOutcome.DELIVERED, 0.01, 204)

    async def aclose(self) -> None:
        pass


@dataclass
class RecordingMessenger:
    """A channel back to senders. `sent` is (to, text, message id); `outcomes` come one by one, then all is sent."""

    sent: list[tuple[str, str, str]] = field(default_factory=list)
    outcomes: list[Sent] = field(default_factory=list)

    async def send(self, *, to: str, text: str, subject: str, message_id: str, reply_to: str | None) -> Sent:
        self.sent.append((to, text, message_id))
        return self.outcomes.pop(0) if self.outcomes else Sent(True)


def recording_outside() -> tuple[Outside, RecordingSms, FakeRegistry, RecordingPush, RecordingTexts]:
    sms, registry, push, texts = RecordingSms(), FakeRegistry(), RecordingPush(), RecordingTexts()
    messengers = {channel: RecordingMessenger() for channel in (*HEARD, CaseChannel.SMS)}
    outside = Outside(
        sms,
        registry,
        push,
        texts,
        RecordingWebhooks(),
        exchange=FakeExchange(),
        health=FakeHealth(),
        messengers=messengers,
        gateway=FakeGateway(),
        library=FakeLibrary(),
        billers=FakeBillers(),
        doors=HttpDoors(_http()),
    )
    return outside, sms, registry, push, texts
