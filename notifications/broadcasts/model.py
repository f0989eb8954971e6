"""A broadcast: words, an audience, a pace, and how far it has come.

draft ──start──> running ──(everybody)──> done
  │               │   ^
  │             pause resume
  │               v   │
  └──cancel──<── paused          (a running one can be cancelled too)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from notifications.broadcasts.errors import AudienceInvalid, BroadcastInOtherState, PaceInvalid
from notifications.preferences.model import Urgency
from notifications.templates.model import TemplateRef

FASTEST: Final = 1_000
_OLDEST = 150
_MOST_NAMED = 100
_DISTRICT = re.compile("|".join(f"[0-9]{{{digits}}}" for digits in (2, 4, 6, 9, 12)))
_TAG = re.compile(r"[a-z][a-z0-9_]{1,39}")


class BroadcastState(StrEnum):
    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


_FROM = {
    BroadcastState.RUNNING: {BroadcastState.DRAFT, BroadcastState.PAUSED},
    BroadcastState.PAUSED: {BroadcastState.RUNNING},
    BroadcastState.CANCELLED: {BroadcastState.DRAFT, BroadcastState.RUNNING, BroadcastState.PAUSED},
    BroadcastState.DONE: {BroadcastState.RUNNING},
}


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody who fits all that is said; what is left out does not narrow it.

    `districts` are codes of units by GB/T 2260 (350102000000, or its significant beginning), any of them; ages are in
    full years, both ends included; any of `tags`; `services`: has used one of these organisations' services.
    """

    districts: tuple[str, ...] = ()
    age_from: int | None = None
    age_to: int | None = None
    tags: tuple[str, ...] = ()
    services: tuple[str, ...] = ()

    def checked(self) -> Audience:
        """Raises AudienceInvalid."""
        ages = [age for age in (self.age_from, self.age_to) if age is not None]
        faults = {
            "districts": not all(_DISTRICT.fullmatch(code) for code in self.districts),
            "age": any(not 0 <= age <= _OLDEST for age in ages) or ages != sorted(ages),
            "tags": not all(_TAG.fullmatch(tag) for tag in self.tags),
            "services": not all(0 < len(code) <= 40 for code in self.services),
        }
        for part, wrong in faults.items():
            if wrong or len(getattr(self, part, ())) > _MOST_NAMED:
                raise AudienceInvalid(part)
        return self


@dataclass(frozen=True, slots=True)
class Change:
    """When a broadcast came into a state, and by whom (None: by itself, at its end)."""

    state: BroadcastState
    at: datetime
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Broadcast:
    """`owner` is the organisation that speaks (None: the city). `title` is its name at the desk, told to nobody.

    `pace` is in messages a second. `total` is how many there were at the start; `sent` how many have it in the inbox.
    `cursor` is the last person who has it; `tries` counts how often those after him were tried in vain. `until` is an
    id of the moment it was started, and ids sort by time: who came later is not in the audience.
    """

    id: str
    owner: str | None
    title: str
    template: TemplateRef
    audience: Audience
    urgency: Urgency
    pace: int
    made_by: str
    made_at: datetime
    state: BroadcastState = BroadcastState.DRAFT
    test: bool = False
    total: int = 0
    sent: int = 0
    cursor: str = ""
    tries: int = 0
    until: str = ""
    history: tuple[Change, ...] = field(default=())

    def moved(self, state: BroadcastState, at: datetime, by: str | None) -> Broadcast:
        """Raises BroadcastInOtherState."""
        if self.state not in _FROM[state]:
            raise BroadcastInOtherState(self.state.value)
        return replace(self, state=state, history=(*self.history, Change(state, at, by)))

    @property
    def remaining(self) -> timedelta:
        """How long the rest takes at this pace."""
        return timedelta(seconds=max(self.total - self.sent, 0) / self.pace)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Before it is sent: how many people, and how long at the broadcast's pace."""

    people: int
    duration: timedelta


def check_pace(pace: int) -> int:
    """Raises PaceInvalid."""
    if not 1 <= pace <= FASTEST:
        raise PaceInvalid(FASTEST)
    return pace
