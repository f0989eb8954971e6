"""One interface for all channels that push: who called is checked by the channel's own signature, then it is read."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from pydantic import SecretStr

from app.core.errors import Unauthenticated
from app.domains.voice.channels.intake.model import Heard

WINDOW = timedelta(minutes=5)
_LATEST = timedelta(days=7)  # that a message may have been on its way


@dataclass(frozen=True, slots=True)
class Received:
    """A request as a channel sent it. Header names are in small letters."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What was heard, and what the channel wants to hear in return."""

    heard: tuple[Heard, ...] = ()
    reply: bytes = b""
    media_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Keys:
    """One key, or two, comma-separated, while one is changed for the other. Without a key no signature is good."""

    keys: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, secret: SecretStr | None) -> Keys:
        raw = secret.get_secret_value() if secret else ""
        return cls(tuple(one.strip() for one in raw.split(",") if one.strip()))


class ChannelAdapter(Protocol):
    """How one channel is heard: to messages, which become cases or answers to their senders."""

    @property
    def path(self) -> str: ...

    @property
    def methods(self) -> Sequence[str]: ...

    def read(self, received: Received) -> Reading:
        """Raises Unauthenticated, BadInput."""
        ...


def sent_at(told: datetime | None, arrived: datetime) -> datetime:
    """When it was sent, as far as that can be believed: not after it arrived, nor long before."""
    if told is None or told.tzinfo is None:
        return arrived
    return told if arrived - _LATEST <= told <= arrived else arrived


def demand_fresh(timestamp: str, now: datetime) -> None:
    """Unix seconds, five minutes off at most. Raises Unauthenticated."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise Unauthenticated
    if abs(now.timestamp() - int(timestamp)) > WINDOW.total_seconds():
        raise Unauthenticated


def demand_signed(keys: Keys, prefix: str, received: Received) -> None:
    """`{prefix}-Signature: v1=` and the hex HMAC-SHA256 of `{prefix}-Timestamp`, a dot and the body. Raises
    Unauthenticated.
    """
    timestamp = received.headers.get(f"{prefix}-timestamp", "")
    demand_fresh(timestamp, received.at)
    signed, given = timestamp.encode() + b"." + received.body, received.headers.get(f"{prefix}-signature", "")
    wanted = [f"v1={hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()}" for key in keys.keys]
    if not any(hmac.compare_digest(one.encode(), given.encode()) for one in wanted):
        raise Unauthenticated
