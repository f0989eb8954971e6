"""A group of volunteers. One that volunteers founded belongs to an organisation as well: that one answers for it, holds
its activities and gives its points.

proposed (by volunteers) ── let in ──> active ──> closed
                         ── not ─────> refused
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.core.said import Said
from app.domains.community.volunteers.groups.errors import VolunteerGroupInvalid, VolunteerGroupSettled

_NAME, _WORDS, _ANSWER = 40, 500, 300


class GroupState(StrEnum):
    PROPOSED = "proposed"
    ACTIVE = "active"
    REFUSED = "refused"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Group:
    """`founder` is a citizen; none of an organisation's own. `answer` is told to him."""

    id: str
    organisation: str
    name: Said
    words: Said
    state: GroupState
    made_at: datetime
    founder: str | None = None
    answer: str = ""
    decided_by: str | None = None
    decided_at: datetime | None = None
    test: bool = False
    rev: int = 1

    @property
    def active(self) -> bool:
        return self.state is GroupState.ACTIVE

    def checked(self) -> Group:
        """Raises VolunteerGroupInvalid."""
        if not 2 <= len(self.name.zh.strip()) <= _NAME or len(self.name.en) > 2 * _NAME:
            raise VolunteerGroupInvalid("name")
        if not 2 <= len(self.words.zh.strip()) <= _WORDS or len(self.words.en) > 2 * _WORDS:
            raise VolunteerGroupInvalid("words")
        return self

    def decided(self, answer: str, by: str, at: datetime, *, let_in: bool) -> Group:
        """Raises VolunteerGroupSettled, VolunteerGroupInvalid (who is refused is told why)."""
        if self.state is not GroupState.PROPOSED:
            raise VolunteerGroupSettled
        said = answer.strip()
        if len(said) > _ANSWER or (not let_in and len(said) < 2):
            raise VolunteerGroupInvalid("answer")
        state = GroupState.ACTIVE if let_in else GroupState.REFUSED
        return replace(self, state=state, answer=said, decided_by=by, decided_at=at, rev=self.rev + 1)

    def closed(self, by: str, at: datetime) -> Group:
        """Raises VolunteerGroupSettled."""
        if not self.active:
            raise VolunteerGroupSettled
        return replace(self, state=GroupState.CLOSED, decided_by=by, decided_at=at, rev=self.rev + 1)


@dataclass(frozen=True, slots=True)
class Member:
    """`turn` orders a citizen's groups by when he joined. Who `leads` shows the code of its activities on his phone."""

    group: str
    citizen: str
    turn: str
    at: datetime
    leads: bool = False

    @property
    def id(self) -> str:
        return member_id(self.group, self.citizen)


def member_id(group: str, citizen: str) -> str:
    return f"{group}:{citizen}"
