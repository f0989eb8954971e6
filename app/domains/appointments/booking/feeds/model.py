"""A feed of one's bookings for a calendar, and how much its titles tell whoever sees that calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FeedDetail(StrEnum):
    """`PLAIN`: “appointment” and no more. `FULL`: the service and the place."""

    PLAIN = "plain"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Feed:
    """`address` is shown when it is made, and never again: only a hash of its token is kept."""

    citizen: str
    detail: FeedDetail
    made_at: datetime
    address: str = ""
