"""What every push channel shares. The base class times, counts and logs; a provider implements one `_try_send`."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections import Counter as Tally
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Protocol

import structlog
from prometheus_client import Counter, Histogram

log = structlog.get_logger(__name__)

DELIVERIES = Counter("rong_push_deliveries", "Pushes handed to a provider, by outcome", ["channel", "outcome"])
SECONDS = Histogram("rong_push_seconds", "How long a provider took for one batch", ["channel"])


class DeliveryOutcome(StrEnum):
    ACCEPTED = "accepted"
    UNREGISTERED = "unregistered"  # the device is gone: forget its token
    RETRY = "retry"  # later, not before `retry_after`
    REJECTED = "rejected"  # this message will never pass for this token
    BLOCKED = "blocked"  # the provider refuses our account: ops must act, then it can be retried


@dataclass(frozen=True, slots=True)
class PushMessage:
    """`title` and `body` appear on a lock screen as they are given: nothing personal belongs there.

    A newer message takes the place of an undelivered one with the same `collapse_key`. `urgent` wakes a sleeping phone.
    """

    message_id: str
    title: str
    body: str
    data: Mapping[str, str] = field(default_factory=dict)
    collapse_key: str | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """`provider_id` is the provider's name for an accepted message; `retry_after` is in seconds, when it was told."""

    token: str
    outcome: DeliveryOutcome
    provider_id: str | None = None
    retry_after: int | None = None


class PushChannel(Protocol):
    async def send(self, tokens: Sequence[str], message: PushMessage) -> list[Delivery]:
        """One delivery for each token, in their order. Does not raise for what a provider answers."""
        ...

    async def aclose(self) -> None: ...


class MeasuredPush(ABC):
    """A provider takes at most `batch` tokens a call; more are sent in several calls, one after the other."""

    name: ClassVar[str]
    batch: ClassVar[int]

    async def send(self, tokens: Sequence[str], message: PushMessage) -> list[Delivery]:
        deliveries: list[Delivery] = []
        for some in _batches(tokens, self.batch):
            deliveries += await self._measured(some, message)
        return deliveries

    async def _measured(self, tokens: Sequence[str], message: PushMessage) -> list[Delivery]:
        began = time.perf_counter()
        try:
            deliveries = await self._try_send(tokens, message)
        except Exception as error:
            # The text of a provider's exception may quote the message: only its kind is logged.
            log.error("push_failed", channel=self.name, message_id=message.message_id, error=type(error).__name__)
            deliveries = [Delivery(token, DeliveryOutcome.RETRY) for token in tokens]
        self._record(deliveries, message, time.perf_counter() - began)
        return deliveries

    def _record(self, deliveries: Sequence[Delivery], message: PushMessage, seconds: float) -> None:
        tally = Tally(delivery.outcome.value for delivery in deliveries)
        SECONDS.labels(self.name).observe(seconds)
        for outcome, count in tally.items():
            DELIVERIES.labels(self.name, outcome).inc(count)
        log.info("push_sent", channel=self.name, message_id=message.message_id, seconds=round(seconds, 3), **tally)

    @abstractmethod
    async def _try_send(self, tokens: Sequence[str], message: PushMessage) -> list[Delivery]:
        """At most `batch` tokens, never none. What it raises counts as RETRY for all of them."""

    @abstractmethod
    async def aclose(self) -> None: ...


def _batches(tokens: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (tokens[start : start + size] for start in range(0, len(tokens), size))
