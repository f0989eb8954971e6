"""The rules of sending: signatures, growing waits, and what answers say of an endpoint.

Signatures are those of Standard Webhooks 1.0.0: `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.channels.webhook import WebhookAnswer, WebhookOutcome
from notifications.webhooks.deliveries.model import Delivery
from notifications.webhooks.endpoints.model import DisabledReason, Endpoint, Health

GIVEN_UP = timedelta(days=1)
DISABLED_AFTER = timedelta(days=3)
_WAITS = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 3600, 7200))
_LONGEST_WISH = timedelta(hours=6)
# So many failures in a row and an endpoint rests; then one delivery tries for all.
FRAGILE = 5
_FIRST_REST, _LONGEST_REST = timedelta(seconds=30), timedelta(minutes=10)


def signed(delivery: Delivery, secrets: Sequence[str], at: datetime) -> dict[str, str]:
    """The headers of one attempt; a signature for each secret that is good now."""
    moment = str(int(at.timestamp()))
    content = f"{delivery.event}.{moment}.{delivery.body}".encode()
    return {
        "content-type": "application/json",
        "user-agent": "Rong-Webhooks/1",
        "webhook-id": delivery.event,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(_signature(secret, content) for secret in secrets),
    }


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def next_try(delivery: Delivery, answer: WebhookAnswer, at: datetime, jitter: float) -> datetime | None:
    """When a delivery that failed is tried again; None when its day is over. `jitter` is between -1 and 1, so that
    what failed together does not come back together.
    """
    usual = _WAITS[min(delivery.tried, len(_WAITS) - 1)] * (1 + 0.1 * jitter)
    due = at + max(usual, _wish(answer))
    return due if due <= (delivery.first_tried_at or at) + GIVEN_UP else None


def _wish(answer: WebhookAnswer) -> timedelta:
    return min(answer.retry_after or timedelta(0), _LONGEST_WISH)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a batch of answers says of its endpoint: its health, how long it rests, and whether it is disabled."""

    health: Health
    rest: timedelta = timedelta(0)
    disabled: DisabledReason | None = None


def judged(endpoint: Endpoint, answers: Sequence[WebhookAnswer], at: datetime) -> Verdict:
    """One success makes well; 410 disables at once, three days without a success in the end."""
    if any(answer.outcome is WebhookOutcome.GONE for answer in answers):
        return Verdict(endpoint.health, disabled=DisabledReason.GONE)
    wish = max((_wish(answer) for answer in answers), default=timedelta(0))
    if not answers or any(answer.outcome is WebhookOutcome.DELIVERED for answer in answers):
        return Verdict(Health() if answers else endpoint.health, wish)
    since, failures = endpoint.health.failing_since or at, endpoint.health.failures + len(answers)
    if at - since >= DISABLED_AFTER:
        return Verdict(Health(failures, since), disabled=DisabledReason.FAILING)
    return Verdict(Health(failures, since), max(wish, _rest(failures)))


def _rest(failures: int) -> timedelta:
    if failures < FRAGILE:
        return timedelta(0)
    doubled: int = 2 ** min(failures - FRAGILE, 10)
    return min(_FIRST_REST * doubled, _LONGEST_REST)


def is_fragile(endpoint: Endpoint) -> bool:
    return endpoint.health.failures >= FRAGILE


def stale_before(endpoint: Endpoint, at: datetime) -> datetime | None:
    """Deliveries queued before this are given up untried: their endpoint took nothing for the whole of a day."""
    since = endpoint.health.failing_since
    return at - GIVEN_UP if since is not None and since <= at - GIVEN_UP else None
