"""A consent: a citizen lets one organisation be told named fields of a data set, for one purpose, until a moment.

active ── withdrawn, or replaced by a newer one for the same ──> withdrawn        active ── its time is over ──> expired

There is one active consent of a citizen for each set, organisation and purpose. Whether it still holds is asked in
the same transaction that enters the look in his ledger: what was withdrawn before that is not told.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domains.government.shared_data.consents.errors import ConsentTimeInvalid

LONGEST = timedelta(days=366)
SHORTEST = timedelta(minutes=5)


class ConsentState(StrEnum):
    ACTIVE = "active"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Consent:
    """`given_by` is the citizen or the guardian who acts for him. `fetches` counts how often it was used."""

    id: str
    citizen: str
    data_set: str
    organisation: str
    fields: tuple[str, ...]
    purpose: str
    given_at: datetime
    until: datetime
    given_by: str
    withdrawn_at: datetime | None = None
    fetches: int = 0

    def state_at(self, now: datetime) -> ConsentState:
        if self.withdrawn_at is not None:
            return ConsentState.WITHDRAWN
        return ConsentState.ACTIVE if now < self.until else ConsentState.EXPIRED

    def covers(self, fields: Collection[str], now: datetime) -> bool:
        return self.state_at(now) is ConsentState.ACTIVE and set(fields) <= set(self.fields)


def demand_time(until: datetime, now: datetime) -> None:
    """Raises ConsentTimeInvalid."""
    if not SHORTEST <= until - now <= LONGEST:
        raise ConsentTimeInvalid(days=LONGEST.days)
