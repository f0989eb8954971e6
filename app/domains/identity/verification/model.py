"""Real-name verification against the civil registry: an attempt, and what the registry answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MOST_FAILURES = 3
LOCK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RegistryRecord:
    """`photo` is a JPEG; `household` and `division` are the registry's codes."""

    photo: bytes
    household: str
    division: str


class AttemptState(StrEnum):
    ASKED = "asked"  # the registry may or may not have been reached
    MATCHED = "matched"
    NOT_MATCHED = "not_matched"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Attempt:
    """`id` comes from the idempotency key: a repeat after a crash asks the registry under the same request id."""

    id: str
    citizen: str
    at: datetime
    state: AttemptState = AttemptState.ASKED
    remaining: int = MOST_FAILURES
