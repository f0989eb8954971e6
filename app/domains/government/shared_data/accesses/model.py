"""An access: leave for one organisation to ask for named fields of a data set, for one purpose, until a day.

requested ── granted by who offers the data, or by the desk ──> granted ── ended by either ──> ended
requested ── refused ──> refused
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from app.domains.government.shared_data.accesses.errors import DataAccessClosed


class Ground(StrEnum):
    """Why it may be asked for: the citizen agrees each time, or a law says so (he sees it all the same)."""

    CONSENT = "consent"
    LAW = "law"


class AccessState(StrEnum):
    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class DataAccess:
    """`law` names it when that is the ground. `until` is the last day; `owner` offers the data."""

    id: str
    data_set: str
    owner: str
    organisation: str
    fields: tuple[str, ...]
    purpose: str
    why: str
    ground: Ground
    law: str | None
    until: date
    requested_at: datetime
    requested_by: str
    state: AccessState = AccessState.REQUESTED
    answer: str | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None

    def covers(self, fields: Collection[str], purpose: str, today: date) -> bool:
        live = self.state is AccessState.GRANTED and today <= self.until
        return live and self.purpose == purpose and set(fields) <= set(self.fields)

    def answered(self, state: AccessState, answer: str, by: str, at: datetime) -> DataAccess:
        """Granted or refused once, ended once after being granted. Raises DataAccessClosed."""
        wanted = AccessState.GRANTED if state is AccessState.ENDED else AccessState.REQUESTED
        if self.state is not wanted:
            raise DataAccessClosed(state=self.state.value)
        return replace(self, state=state, answer=answer, answered_at=at, answered_by=by)
