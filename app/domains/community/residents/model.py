"""A residency: one citizen at one home.

asked ── by the head of the household, or by the estate ──> resident ──> left
  └──────────────────────────────────────────────────────> refused
  └── taken back ─────────────────────────────────────────> left

A household is a home and whoever lives there. Its head (户主) lets others in; the first owner or tenant whom the estate
verifies is the head, until he hands that on or moves out; then it is the next of them who lives there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.limit import Limit
from app.core.said import Said
from app.domains.community.estates.model import Home
from app.domains.community.residents.errors import ResidencyReasonMissing, ResidencyStateWrong

MOST_HOMES, MOST_PEOPLE = 10, 20
LONGEST_REASON = 200
ASKED = Limit("residencies-asked", 10, timedelta(days=1))


class Relation(StrEnum):
    """To the home."""

    OWNER = "owner"
    TENANT = "tenant"
    FAMILY = "family"


class ResidencyState(StrEnum):
    ASKED = "asked"
    RESIDENT = "resident"
    LEFT = "left"
    REFUSED = "refused"


OPEN = frozenset({ResidencyState.ASKED, ResidencyState.RESIDENT})
LIVED = frozenset({ResidencyState.RESIDENT, ResidencyState.LEFT})
RELATION_NAMES: Mapping[Relation, Said] = {
    Relation.OWNER: Said("业主", "owner"),
    Relation.TENANT: Said("租户", "tenant"),
    Relation.FAMILY: Said("家人", "family"),
}


@dataclass(frozen=True, slots=True)
class Residency:
    """`household` and `court` are keyed hashes of the home and of its building: by them it is found, while the home
    itself is sealed, and none when its citizen has left the city. `by` asked: the citizen, or who acts for him.
    `since`: from when he lives there, or lived until `changed_at`.
    """

    id: str
    citizen: str
    estate: str
    household: str
    court: str
    home: Home | None
    relation: Relation
    state: ResidencyState
    by: str
    asked_at: datetime
    changed_at: datetime
    reason: str | None = None
    since: datetime | None = None

    @property
    def lives(self) -> bool:
        return self.state is ResidencyState.RESIDENT

    @property
    def owns(self) -> bool:
        return self.relation is Relation.OWNER

    @property
    def may_head(self) -> bool:
        return self.relation is not Relation.FAMILY

    @property
    def label(self) -> str:
        return self.home.label if self.home else ""

    def lived_at(self, at: datetime) -> bool:
        """Whether he lived there at that moment."""
        return self.since is not None and self.since <= at and (self.lives or at < self.changed_at)

    def accepted(self, at: datetime) -> Residency:
        """Raises ResidencyStateWrong."""
        return replace(self._moved(ResidencyState.RESIDENT, at, frozenset({ResidencyState.ASKED})), since=at)

    def refused(self, reason: str, at: datetime) -> Residency:
        """Raises ResidencyStateWrong, ResidencyReasonMissing."""
        text = " ".join(reason.split())[:LONGEST_REASON]
        if not text:
            raise ResidencyReasonMissing
        return replace(self._moved(ResidencyState.REFUSED, at, frozenset({ResidencyState.ASKED})), reason=text)

    def left(self, at: datetime) -> Residency:
        """Raises ResidencyStateWrong."""
        return self._moved(ResidencyState.LEFT, at, OPEN)

    def _moved(self, to: ResidencyState, at: datetime, within: frozenset[ResidencyState]) -> Residency:
        if self.state not in within:
            raise ResidencyStateWrong(self.state.value)
        return replace(self, state=to, changed_at=at)


@dataclass(frozen=True, slots=True)
class Household:
    """`head` is a residency; `people` live there. `id` is the keyed hash of the home."""

    id: str
    estate: str
    court: str
    people: int = 0
    head: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for, as the citizen says it."""

    estate: str
    building: str
    room: str
    relation: Relation
