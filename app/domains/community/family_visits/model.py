"""A visit of a relative: one time at one house, for some people.

asked ── the house agrees ──> accepted ──> done
  │                              ├── nobody came ──> missed
  │                              └── the house, or whom one wanted to visit, cannot ──> cancelled
  ├── it does not, and says why ──> refused
  ├── not answered by its time ──> lapsed
  └── (accepted, too) taken back ──> withdrawn

A time has so many places in the house, and a resident so many visits a day: whatever was asked for holds its place
until it is refused, taken back, cancelled or lapsed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from app.core.clock import CITY_TIME, civil_day
from app.domains.community.family_visits.errors import FamilyVisitInvalid, FamilyVisitStateWrong
from app.domains.community.family_visits.houses.model import CareHouse

LONGEST_WORDS, LONGEST_REASON = 200, 200
_REMINDED_AT = time(10)
KEPT = timedelta(days=365)
"""After its time."""


class FamilyVisitState(StrEnum):
    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    DONE = "done"
    MISSED = "missed"


OPEN = frozenset({FamilyVisitState.ASKED, FamilyVisitState.ACCEPTED})


@dataclass(frozen=True, slots=True)
class VisitWish:
    """What is asked for. `words`: what the house should know."""

    stay: str
    starts_at: datetime
    people: int
    words: str

    def checked(self, house: CareHouse, now: datetime) -> VisitWish:
        """Tidied. Raises FamilyVisitInvalid."""
        words = " ".join(self.words.split())
        house.demand_slot(self.starts_at, now)
        if not 1 <= self.people <= house.rules.people:
            raise FamilyVisitInvalid("people")
        if len(words) > LONGEST_WORDS or not words.isprintable():
            raise FamilyVisitInvalid("words")
        return replace(self, words=words)


@dataclass(frozen=True, slots=True)
class FamilyVisit:
    """`citizen` asks, `resident` is visited. `words` and `reason` are sealed under the key of who asks. `remind_at`:
    when both are reminded of what is agreed.
    """

    id: str
    house: str
    stay: str
    resident: str
    citizen: str
    starts_at: datetime
    ends_at: datetime
    people: int
    words: str
    asked_at: datetime
    state: FamilyVisitState = FamilyVisitState.ASKED
    reason: str = ""
    rev: int = 1
    remind_at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def places(self) -> tuple[str, str]:
        """What it takes a place of: the time at the house, and the resident's day."""
        return f"{self.house}@{self.starts_at.timestamp():.0f}", f"{self.stay}@{civil_day(self.starts_at)}"

    def accepted(self, now: datetime) -> FamilyVisit:
        """Raises FamilyVisitStateWrong."""
        if self.state is FamilyVisitState.ASKED and self.starts_at <= now:
            raise FamilyVisitStateWrong(FamilyVisitState.LAPSED.value)
        remind_at = _day_before(self.starts_at)
        agreed = self._moved(FamilyVisitState.ACCEPTED, FamilyVisitState.ASKED)
        return replace(agreed, remind_at=remind_at if remind_at > now else None)

    def reminded(self) -> FamilyVisit:
        return replace(self, remind_at=None, rev=self.rev + 1)

    def refused(self, reason: str) -> FamilyVisit:
        """One that was accepted is cancelled. Raises FamilyVisitStateWrong, FamilyVisitInvalid."""
        text = " ".join(reason.split())
        if not 2 <= len(text) <= LONGEST_REASON or not text.isprintable():
            raise FamilyVisitInvalid("reason")
        asked = self.state is FamilyVisitState.ASKED
        to = FamilyVisitState.REFUSED if asked else FamilyVisitState.CANCELLED
        return replace(self._moved(to, *OPEN), reason=text)

    def withdrawn(self) -> FamilyVisit:
        """Raises FamilyVisitStateWrong."""
        return self._moved(FamilyVisitState.WITHDRAWN, *OPEN)

    def cancelled(self) -> FamilyVisit:
        """Raises FamilyVisitStateWrong."""
        return self._moved(FamilyVisitState.CANCELLED, *OPEN)

    def lapsed(self) -> FamilyVisit:
        """Raises FamilyVisitStateWrong."""
        return self._moved(FamilyVisitState.LAPSED, FamilyVisitState.ASKED)

    def over(self, came: bool, now: datetime) -> FamilyVisit:
        """Raises FamilyVisitStateWrong, FamilyVisitInvalid (it has not begun)."""
        to = FamilyVisitState.DONE if came else FamilyVisitState.MISSED
        moved = self._moved(to, FamilyVisitState.ACCEPTED)
        if now < self.starts_at:
            raise FamilyVisitInvalid("startsAt")
        return moved

    def _moved(self, to: FamilyVisitState, *only: FamilyVisitState) -> FamilyVisit:
        if self.state not in only:
            raise FamilyVisitStateWrong(self.state.value)
        return replace(self, state=to, rev=self.rev + 1, remind_at=None)


def _day_before(starts_at: datetime) -> datetime:
    """In the morning, when people are awake."""
    return datetime.combine(civil_day(starts_at) - timedelta(days=1), _REMINDED_AT, CITY_TIME)
