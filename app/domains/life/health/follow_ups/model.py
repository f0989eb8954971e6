"""A follow-up plan: one thing that a centre looks at with a patient every so many days, while his contract holds.

active ── done: due again after so many days ──> active ── ended by the centre, or with the contract ──> ended
active, a week past its day: missed (told to the patient once, and listed for the centre until it is done)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.core.said import UNSAID, Said
from app.domains.life.health.follow_ups.errors import FollowUpInvalid, FollowUpUnknown

REMINDED_BEFORE = timedelta(days=3)
MISSED_AFTER = timedelta(days=7)
_DAY = timedelta(days=1)
_OFTENEST, _RAREST, _LATEST_FIRST = 1, 366, timedelta(days=366)
_SHORTEST, _LONGEST = 2, 1_000


class FollowUpKind(StrEnum):
    """The services of the national basic public health programme (国家基本公共卫生服务规范) that call for it."""

    BLOOD_PRESSURE = "blood_pressure"
    BLOOD_SUGAR = "blood_sugar"
    ELDER_CHECK = "elder_check"
    CHILD_CHECK = "child_check"
    MATERNAL = "maternal"
    MENTAL_HEALTH = "mental_health"
    OTHER = "other"


class PlanState(StrEnum):
    ACTIVE = "active"
    MISSED = "missed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Patient:
    """Who is in a centre's care by a contract. The name with but its first character shown."""

    citizen: str
    organisation: str
    contract: str
    masked_name: str = ""
    test: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """`due` is the day of the next one. `reminded_for` and `missed_for` are the days that were told of already."""

    id: str
    citizen: str
    organisation: str
    contract: str
    kind: FollowUpKind
    every_days: int
    due: date
    planned_at: datetime
    open: bool = True
    done: int = 0
    missed: int = 0
    reminded_for: date | None = None
    missed_for: date | None = None
    ended_at: datetime | None = None
    test: bool = False

    @property
    def remind_on(self) -> date | None:
        """The day from which he is to be reminded; None: he was, or it is over."""
        return self.due - REMINDED_BEFORE if self.open and self.reminded_for != self.due else None

    @property
    def miss_on(self) -> date | None:
        """The day from which it is missed, and to be told so; None: it was, or it is over."""
        return self.due + MISSED_AFTER + _DAY if self.open and self.missed_for != self.due else None

    def state_on(self, today: date) -> PlanState:
        if not self.open:
            return PlanState.ENDED
        return PlanState.MISSED if today > self.due + MISSED_AFTER else PlanState.ACTIVE

    def done_on(self, today: date) -> Plan:
        """Due again, counted from the day it was done. Raises FollowUpUnknown."""
        if not self.open:
            raise FollowUpUnknown
        return replace(self, due=today + timedelta(days=self.every_days), done=self.done + 1)

    def ended(self, at: datetime) -> Plan:
        """Raises FollowUpUnknown."""
        if not self.open:
            raise FollowUpUnknown
        return replace(self, open=False, ended_at=at)

    def reminded(self) -> Plan:
        return replace(self, reminded_for=self.due)

    def gone_by(self) -> Plan:
        return replace(self, missed_for=self.due, missed=self.missed + 1)


@dataclass(frozen=True, slots=True)
class Worker:
    """Who does it at the centre: by name and role when the team names its members, else nobody in particular."""

    name: Said = UNSAID
    role: str | None = None


NOBODY_NAMED = Worker()


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One that was done. `result` in the centre's words; None when nothing opens it any more."""

    id: str
    plan: str
    citizen: str
    organisation: str
    kind: FollowUpKind
    was_due: date
    at: datetime
    result: str | None
    by: Worker = NOBODY_NAMED


@dataclass(frozen=True, slots=True)
class Overdue:
    """A plan as the centre's list of what was missed shows it."""

    plan: Plan
    masked_name: str


def demand_plan(every_days: int, first: date, today: date) -> None:
    """Raises FollowUpInvalid."""
    if not _OFTENEST <= every_days <= _RAREST:
        raise FollowUpInvalid(what="everyDays")
    if not today <= first <= today + _LATEST_FIRST:
        raise FollowUpInvalid(what="first")


def worded(result: str) -> str:
    """Raises FollowUpInvalid."""
    text = result.strip()
    if not _SHORTEST <= len(text) <= _LONGEST:
        raise FollowUpInvalid(what="result")
    return text
