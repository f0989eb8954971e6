"""An emergency call: the number, who called it, where he was, and what became of it.

open ──> taken (a case was made of it)
  └────> ended (false alarm, passed on)  <── taken

The telephone call itself is the phone's: whatever happens here, it is made. Where somebody was is seen by the centre
alone, each look is in his ledger, and it is forgotten after thirty days; a case keeps its own place by its own rules.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.places.model import Point
from app.domains.community.emergencies.errors import EmergencyOver, EmergencyTaken

PLACE_KEPT = timedelta(days=30)
ON_MAP = timedelta(hours=24)
"""So long a call that nobody took is on the map; it stays in the list."""
LOOK = timedelta(hours=1)
"""A map looks again and again: in the ledger that is one look an hour by each who has it before him."""


class EmergencyNumber(StrEnum):
    POLICE = "110"
    FIRE = "119"
    AMBULANCE = "120"
    TRAFFIC = "122"


class EmergencyState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    ENDED = "ended"


class EmergencyEnd(StrEnum):
    FALSE_ALARM = "false_alarm"
    PASSED_ON = "passed_on"
    HELPED = "helped"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the phone was, and within how many metres that is right, as it says itself."""

    point: Point
    accuracy: int | None = None


@dataclass(frozen=True, slots=True)
class Emergency:
    """`taken_by` is who of the staff took it, for `organisation`; `case` the number of the case that was made of it.
    `told_place`: a place was told, though it may be forgotten by now. `test_of`: of that organisation's test citizen,
    which alone sees it.
    """

    id: str
    citizen: str
    number: EmergencyNumber
    at: datetime
    spot: Spot | None = None
    told_place: bool = False
    state: EmergencyState = EmergencyState.OPEN
    organisation: str | None = None
    taken_by: str | None = None
    taken_at: datetime | None = None
    case: str | None = None
    end: EmergencyEnd | None = None
    ended_at: datetime | None = None
    test_of: str | None = None
    rev: int = 1

    @property
    def waits(self) -> bool:
        return self.state is EmergencyState.OPEN

    def taken(self, by: str, organisation: str, case: str, at: datetime) -> Emergency:
        """Raises EmergencyTaken, EmergencyOver."""
        if self.state is EmergencyState.ENDED:
            raise EmergencyOver
        if self.state is EmergencyState.TAKEN:
            raise EmergencyTaken
        state = EmergencyState.TAKEN
        return replace(
            self, state=state, taken_by=by, organisation=organisation, taken_at=at, case=case, rev=self.rev + 1
        )

    def ended(self, why: EmergencyEnd, at: datetime) -> Emergency:
        """Raises EmergencyOver."""
        if self.state is EmergencyState.ENDED:
            raise EmergencyOver
        return replace(self, state=EmergencyState.ENDED, end=why, ended_at=at, rev=self.rev + 1)

    def unplaced(self) -> Emergency:
        return replace(self, spot=None)
