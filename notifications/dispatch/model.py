"""From an event to the people who hear of it, each by his own preferences."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from app.core.errors import RongError
from notifications.devices.model import PushDevice
from notifications.messages.model import Message, Routing
from notifications.preferences.model import Decision, Preferences, Topic, decide

PUSH_DUE, SMS_DUE, DIGEST_DUE = "delivery.push", "delivery.sms", "delivery.digest"


class RetryLater(RongError):
    """A channel could not take the message now; `after` says how long to wait."""

    def __init__(self, after: timedelta) -> None:
        super().__init__()
        self.after = after


class Reach(Protocol):
    """What the rooms of identity know of people, as far as telling them needs it."""

    async def guardians(self, citizens: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Each of these people who is still there, with the guardians who hear what the city tells him."""
        ...

    async def phone(self, citizen: str) -> str | None:
        """The number that may be texted, in E.164; None when there is none, or no real person behind it."""
        ...


# Whether what a message says still holds: a card reinstated meanwhile is not told to be suspended.
StillTrue: TypeAlias = Callable[[Message], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Addressed:
    """A message on its way to one recipient."""

    message: Message
    routing: Routing
    devices: tuple[PushDevice, ...] = ()
    personal: bool = False

    @classmethod
    def of(cls, message: Message, preferences: Preferences, devices: Sequence[PushDevice], now: datetime) -> Addressed:
        recipient = preferences.citizen
        # Whoever acts for others chooses about all they are told by one topic of his own.
        source = message.source if recipient == message.citizen else Topic.FAMILY.value
        decision = decide(preferences, source, message.urgency, now, has_push=bool(devices))
        return cls(message, Routing(recipient, decision), tuple(devices), preferences.lock_screen_personal)

    @property
    def recipient(self) -> str:
        return self.routing.recipient

    @property
    def decision(self) -> Decision:
        return self.routing.decision
