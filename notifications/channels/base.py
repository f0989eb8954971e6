"""What every channel shares: whom it reaches, what it answers, and how it is timed, counted and logged.

A provider's adapter implements one `_try_…`; everything it raises or answers becomes a `Delivery`.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections import Counter as Tally
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol

import structlog
from prometheus_client import Counter, Histogram

log = structlog.get_logger(__name__)

DELIVERIES = Counter("rong_channel_deliveries", "Messages handed to a provider, by outcome", ["channel", "outcome"])
SECONDS = Histogram("rong_channel_seconds", "How long a provider took for one batch", ["channel"])


class DeliveryOutcome(StrEnum):
    ACCEPTED = "accepted"
    UNREGISTERED = "unregistered"  # nobody is there any more: forget this target
    RETRY = "retry"  # later, not before `retry_after`
    REJECTED = "rejected"  # this message will never pass for this target
    BLOCKED = "blocked"  # the provider refuses our account: ops must act, then it can be retried


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message at one target.

    `provider_id` is the provider's name for an accepted message; `code` its word for a refusal; `retry_after` is in
    seconds, when it was told.
    """

    outcome: DeliveryOutcome
    provider_id: str | None = None
    retry_after: int | None = None
    code: str | None = None


class TargetKind(StrEnum):
    """How FCM names an app on a phone: a registration token (its old way) or an installation id (its new one)."""

    TOKEN = "token"  # noqa: S105  (the name of a kind)
    INSTALLATION = "installation"


@dataclass(frozen=True, slots=True)
class PushTarget:
    kind: TargetKind
    value: str


@dataclass(frozen=True, slots=True)
class PushMessage:
    """`title` and `body` appear on a lock screen as they are given: nothing personal belongs there.

    A repeat takes the place of its copy on the screen, by `message_id`; a newer message that of an older one with the
    same `collapse_key`, on its way or on the screen. `urgent` wakes a sleeping phone.
    """

    message_id: str
    title: str
    body: str
    data: Mapping[str, str] = field(default_factory=dict)
    collapse_key: str | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Push:
    target: PushTarget
    message: PushMessage


class PushChannel(Protocol):
    async def send(self, pushes: Sequence[Push]) -> list[Delivery]:
        """One delivery for each push, in their order. Does not raise for what a provider answers."""
        ...

    async def aclose(self) -> None: ...


class SmsChannel(Protocol):
    async def send(self, to: str, text: str, message_id: str) -> Delivery:
        """Hand over one text message; `to` in E.164. Sent once however often it is called with one `message_id`.

        Does not raise for what a provider answers.
        """
        ...


class SmsState(StrEnum):
    """What the gateway says became of a message it accepted. `SUBMITTED` is the carrier's receipt; the others end it,
    yet a carrier may report `UNDELIVERABLE` after `DELIVERED` (a bounce)."""

    SUBMITTED = "submitted"
    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"
    EXPIRED = "expired"


class Receipts(Protocol):
    """Who keeps what providers report afterwards."""

    async def sms_report(self, message_id: str, state: SmsState, code: str | None, at: datetime) -> None:
        """Keep a report. It may come again, late, and in any order: `at` (the gateway's time) says which is newer.

        `code` is the carrier's word for why it was not delivered. An unknown `message_id` is dropped in silence.
        """
        ...


class MeasuredChannel(ABC):
    """Times, counts and logs what is handed to a provider, alike for every channel."""

    name: ClassVar[str]

    async def _measured(
        self, work: Callable[[], Awaitable[list[Delivery]]], message_ids: Sequence[str]
    ) -> list[Delivery]:
        """The deliveries of `message_ids`, in their order; what `work` raises counts as RETRY for all of them."""
        began = time.perf_counter()
        try:
            deliveries = await work()
        except Exception as error:
            # The text of a provider's exception may quote the message: only its kind is logged.
            log.error("channel_failed", channel=self.name, **_named(message_ids), error=type(error).__name__)
            deliveries = [Delivery(DeliveryOutcome.RETRY) for _ in message_ids]
        self._record(deliveries, message_ids, time.perf_counter() - began)
        return deliveries

    def _record(self, deliveries: Sequence[Delivery], message_ids: Sequence[str], seconds: float) -> None:
        tally = Tally(delivery.outcome.value for delivery in deliveries)
        SECONDS.labels(self.name).observe(seconds)
        for outcome, count in tally.items():
            DELIVERIES.labels(self.name, outcome).inc(count)
        log.info("channel_sent", channel=self.name, **_named(message_ids), seconds=round(seconds, 3), **tally)


class MeasuredPush(MeasuredChannel):
    """A provider takes at most `batch` pushes a call; more are sent in several calls, one after the other."""

    batch: ClassVar[int]

    async def send(self, pushes: Sequence[Push]) -> list[Delivery]:
        deliveries: list[Delivery] = []
        for some in _batches(pushes, self.batch):
            deliveries += await self._sent(some)
        return deliveries

    async def _sent(self, pushes: Sequence[Push]) -> list[Delivery]:
        return await self._measured(lambda: self._try_send(pushes), [push.message.message_id for push in pushes])

    @abstractmethod
    async def _try_send(self, pushes: Sequence[Push]) -> list[Delivery]:
        """At most `batch` pushes, never none. What it raises counts as RETRY for all of them."""

    @abstractmethod
    async def aclose(self) -> None: ...


def _named(message_ids: Sequence[str]) -> dict[str, object]:
    """One message is logged by its id, many by their number: a broadcast is not to fill the logs."""
    distinct = set(message_ids)
    return {"message_id": next(iter(distinct))} if len(distinct) == 1 else {"messages": len(distinct)}


def _batches(pushes: Sequence[Push], size: int) -> Iterator[Sequence[Push]]:
    return (pushes[start : start + size] for start in range(0, len(pushes), size))
