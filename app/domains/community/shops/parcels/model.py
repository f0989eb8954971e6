"""A parcel that waits at a station.

waiting ── ordered to the door ──> ordered ── handed over ──> fetched
   │          ^── the order ended otherwise ──┘ (waiting)
   ├── fetched with its pick-up code ──> fetched
   └── not fetched in a week ──────────> returned

Two days before it is returned its citizen is told once more. What was ordered to the door is handed over with the
order, not at the station; where the order comes to nothing, there is a day at least to fetch it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.domains.community.shops.parcels.errors import ParcelInvalid, ParcelStateWrong

KEPT, WARNED, GRACE = timedelta(days=7), timedelta(days=2), timedelta(days=1)
FORGOTTEN = timedelta(days=90)
"""After its end."""
LONGEST = 40


class ParcelState(StrEnum):
    WAITING = "waiting"
    ORDERED = "ordered"
    FETCHED = "fetched"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Parcel:
    """`label` and the pick-up `code` are sealed under the citizen's key. `look_at`: when it is told of or returned;
    `tidy_at`: when it is forgotten.
    """

    id: str
    shop: str
    citizen: str
    state: ParcelState
    announced_at: datetime
    keep_until: datetime
    label: str = ""
    code: str = ""
    order: str | None = None
    look_at: datetime | None = None
    tidy_at: datetime | None = None
    rev: int = 1

    def ordered(self, order: str) -> Parcel:
        """Raises ParcelStateWrong."""
        return replace(self._moved(ParcelState.ORDERED, ParcelState.WAITING), order=order)

    def freed(self, now: datetime) -> Parcel:
        """Raises ParcelStateWrong."""
        until = max(self.keep_until, now + GRACE)
        return replace(self._moved(ParcelState.WAITING, ParcelState.ORDERED), keep_until=until, look_at=until)

    def fetched(self, now: datetime) -> Parcel:
        """At the station. Raises ParcelStateWrong."""
        return replace(self._moved(ParcelState.FETCHED, ParcelState.WAITING), tidy_at=now + FORGOTTEN)

    def brought(self, now: datetime) -> Parcel:
        """Raises ParcelStateWrong."""
        return replace(self._moved(ParcelState.FETCHED, ParcelState.ORDERED), tidy_at=now + FORGOTTEN)

    def returned(self, now: datetime) -> Parcel:
        """Raises ParcelStateWrong."""
        return replace(self._moved(ParcelState.RETURNED, ParcelState.WAITING), tidy_at=now + FORGOTTEN)

    def warned(self) -> Parcel:
        return replace(self, look_at=self.keep_until, rev=self.rev + 1)

    def _moved(self, to: ParcelState, only: ParcelState) -> Parcel:
        if self.state is not only:
            raise ParcelStateWrong(self.state.value)
        order = self.order if to is ParcelState.FETCHED else None
        return replace(self, state=to, order=order, look_at=None, rev=self.rev + 1)


def words(raw: str, field: str) -> str:
    """Raises ParcelInvalid."""
    text = " ".join(raw.split())
    if not 1 <= len(text) <= LONGEST or not text.isprintable():
        raise ParcelInvalid(field)
    return text
