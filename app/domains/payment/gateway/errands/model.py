"""An errand at the gateway, a refund or a payout: written here first, asked for there, done or failed once.

asked ── the gateway works on it ──> processing ──> done | failed
"""

from __future__ import annotations

from dataclasses import Field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from app.domains.payment.gateway.model import ErrandAnswer


class ErrandState(StrEnum):
    ASKED = "asked"
    PROCESSING = "processing"
    DONE = "done"
    FAILED = "failed"


WAITING = frozenset({ErrandState.ASKED, ErrandState.PROCESSING})
_STATES = {
    ErrandAnswer.PROCESSING: ErrandState.PROCESSING,
    ErrandAnswer.DONE: ErrandState.DONE,
    ErrandAnswer.FAILED: ErrandState.FAILED,
}


def state_of(told: ErrandAnswer) -> ErrandState:
    return _STATES[told]


class Errand(Protocol):
    """A dataclass. `reason` is the gateway's code of a failure; `looks` counts how often the gateway was asked."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def id(self) -> str: ...
    @property
    def purpose(self) -> StrEnum: ...
    @property
    def fen(self) -> int: ...
    @property
    def state(self) -> ErrandState: ...
    @property
    def gateway_id(self) -> str | None: ...
    @property
    def reason(self) -> str: ...
    @property
    def settled_at(self) -> datetime | None: ...
    @property
    def looks(self) -> int: ...
    @property
    def waits(self) -> bool: ...
