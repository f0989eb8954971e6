"""A stay: somebody lives at a care home or lies on a ward, and lets people visit him.

asked ── he (or his guardian) agrees ──> staying ──> ended
  └── he does not ──> declined
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domains.community.family_visits.errors import StayInvalid, StayStateWrong

LONGEST_LABEL, MOST_RELATIVES = 40, 12


class StayState(StrEnum):
    ASKED = "asked"
    STAYING = "staying"
    DECLINED = "declined"
    ENDED = "ended"


OPEN = frozenset({StayState.ASKED, StayState.STAYING})


class Kinship(StrEnum):
    """Of the visitor to whom he visits."""

    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    SIBLING = "sibling"
    GRANDCHILD = "grandchild"
    OTHER = "other"
    FRIEND = "friend"


@dataclass(frozen=True, slots=True)
class Stay:
    """`label`: the room or the bed, sealed under his key."""

    id: str
    house: str
    citizen: str
    label: str
    state: StayState
    by: str
    asked_at: datetime
    rev: int = 1

    @property
    def stays(self) -> bool:
        return self.state is StayState.STAYING

    def answered(self, accept: bool) -> Stay:
        """Raises StayStateWrong."""
        self._demand(StayState.ASKED)
        return replace(self, state=StayState.STAYING if accept else StayState.DECLINED, rev=self.rev + 1)

    def ended(self) -> Stay:
        """Raises StayStateWrong."""
        self._demand(*OPEN)
        return replace(self, state=StayState.ENDED, rev=self.rev + 1)

    def touched(self) -> Stay:
        return replace(self, rev=self.rev + 1)

    def _demand(self, *states: StayState) -> None:
        if self.state not in states:
            raise StayStateWrong(self.state.value)


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody whom he lets visit him. `by`: himself, or his guardian."""

    id: str
    stay: str
    resident: str
    citizen: str
    kinship: Kinship
    by: str
    named_at: datetime


def tidy_label(raw: str) -> str:
    """Raises StayInvalid."""
    text = " ".join(raw.split())
    if not 1 <= len(text) <= LONGEST_LABEL or not text.isprintable():
        raise StayInvalid("label")
    return text


def beginning(name: str) -> str:
    """Enough of it for who knows whose it is."""
    return name[:1] + "*" * max(0, len(name) - 1)
