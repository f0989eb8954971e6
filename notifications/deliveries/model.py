"""What became of one message at one phone or number: facts with times, from which a state follows.

accepted ──> delivered ──> read
    └────────────┴──> bounced        (a bounce can come after a delivery; who read it has it all the same)
failed                               (the provider will never take it; the reason says why)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from notifications.channels.base import DeliveryOutcome

_SMS = "sms:"


class ChannelName(StrEnum):
    PUSH = "push"
    SMS = "sms"


class DeliveryState(StrEnum):
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    READ = "read"
    BOUNCED = "bounced"
    FAILED = "failed"


class Fact(StrEnum):
    """What can be learned of a delivery after it was handed over; each is kept with its first time."""

    DELIVERED = "delivered"
    READ = "read"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class Delivery:
    """`message` is the inbox line, `key` its stable key; `target` is a session (push) or the recipient (SMS).

    `sender` is the provider whose message it is (None: the city); `test`: it is in test mode. `why` is the provider's
    code of a bounce.
    """

    id: str
    key: str
    message: str
    citizen: str
    recipient: str
    channel: ChannelName
    target: str
    outcome: DeliveryOutcome
    at: datetime
    sender: str | None = None
    provider_id: str | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    bounced_at: datetime | None = None
    why: str | None = None
    test: bool = False

    @property
    def seq(self) -> str:
        """Sorts by time and names one delivery: what a page goes on from."""
        return f"{self.at.isoformat(timespec='milliseconds')}/{self.id}"

    def came(self, fact: Fact) -> datetime | None:
        return {Fact.DELIVERED: self.delivered_at, Fact.READ: self.read_at, Fact.BOUNCED: self.bounced_at}[fact]

    def is_news(self, fact: Fact, known: Sequence[Delivery]) -> bool:
        """Whether its provider hears of this: once for each channel, and not from guardians' phones."""
        own = [one for one in known if one.id != self.id and one.recipient == self.citizen]
        told = any(one.channel is self.channel and one.came(fact) for one in own)
        return self.sender is not None and self.recipient == self.citizen and not told

    @property
    def state(self) -> DeliveryState:
        if self.read_at is not None:
            return DeliveryState.READ
        if self.bounced_at is not None:
            return DeliveryState.BOUNCED
        if self.delivered_at is not None:
            return DeliveryState.DELIVERED
        return DeliveryState.ACCEPTED if self.outcome is DeliveryOutcome.ACCEPTED else DeliveryState.FAILED


def push_id(key: str, citizen: str, session: str) -> str:
    """One delivery for each message and phone: what was settled is not sent again."""
    return f"{key}:{citizen}:{session}"


def sms_id(key: str, citizen: str, recipient: str, hashed: Callable[[str], str]) -> str:
    """One delivery for each message and recipient. The gateway reads it, and reports by it: it names nobody."""
    return f"{_SMS}{hashed(f'{key}:{citizen}:{recipient}')}"


def digest_id(recipient: str, moment: datetime, hashed: Callable[[str], str]) -> str:
    """One for each recipient and moment. It is a push's id, and in logs: it names nobody."""
    return f"digest:{hashed(f'{recipient}:{moment:%Y-%m-%dT%H:%M:%S%z}')}"


def channel_of(delivery: str) -> ChannelName:
    """Of a delivery's id."""
    return ChannelName.SMS if delivery.startswith(_SMS) else ChannelName.PUSH
