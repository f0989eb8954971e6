"""An appeal of somebody who may not book for a time.

open ── granted ──> granted (the block is lifted, the count begins anew)
open ── refused ──> refused        open ── he leaves the city ──> withdrawn
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domains.appointments.booking.blocks.errors import AppealSettled, AppealTextMissing


class AppealState(StrEnum):
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Appeal:
    """`reason` and `answer` are None where they are not opened."""

    id: str
    citizen: str
    state: AppealState
    at: datetime
    blocked_until: datetime
    reason: str | None = None
    answer: str | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None

    def settled(self, state: AppealState, answer: str | None, at: datetime, by: str) -> Appeal:
        """Raises AppealSettled."""
        if self.state is not AppealState.OPEN:
            raise AppealSettled
        return replace(self, state=state, answer=answer, settled_at=at, settled_by=by)


def parsed_text(text: str) -> str:
    """Raises AppealTextMissing."""
    text = text.strip()
    if not 2 <= len(text) <= 500:
        raise AppealTextMissing
    return text
