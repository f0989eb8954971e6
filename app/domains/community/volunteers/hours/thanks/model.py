"""What an organisation owes for hours in points. Given once, under a reference of its own; what cannot be given now
(its budget is spent, or the citizen has had as many as one gets on a day) waits, and is tried again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MOST = 500
AGAIN_AFTER = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=90)


class ThanksState(StrEnum):
    WAITING = "waiting"
    GIVEN = "given"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Thanks:
    """`id` is that of the hours. `fault` is the code of what it waits for."""

    id: str
    citizen: str
    organisation: str
    points: int
    title: str
    at: datetime
    due_at: datetime
    state: ThanksState = ThanksState.WAITING
    fault: str | None = None

    @property
    def reference(self) -> str:
        return "hours-" + hashlib.sha256(self.id.encode()).hexdigest()[:40]


def points_of(minutes: int, an_hour: int) -> int:
    return min(MOST, minutes * an_hour // 60)
