"""A finding: check-ins that cannot well be what they say. Nobody is refused for it: his hours wait until somebody has
decided.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.core.errors import BadInput
from app.domains.community.volunteers.check_ins.errors import CheckInFlagUnknown
from app.domains.community.volunteers.check_ins.model import CheckIn, FlagKind

MANY_AT_A_SPOT = 3
_WORDS = range(2, 301)


class FlagState(StrEnum):
    OPEN = "open"
    CLEARED = "cleared"  # all right: the hours count
    UPHELD = "upheld"  # they do not


@dataclass(frozen=True, slots=True)
class Flag:
    """`others` shared the phone or the spot when it was found, himself not counted. `words` say why it was decided."""

    kind: FlagKind
    activity: str
    citizen: str
    organisation: str
    at: datetime
    others: int = 0
    state: FlagState = FlagState.OPEN
    words: str = ""
    by: str | None = None
    decided_at: datetime | None = None

    @property
    def id(self) -> str:
        return flag_id(self.activity, self.citizen, self.kind)

    def shown_id(self, number: str) -> str:
        """To others: by the volunteer's number."""
        return f"{self.activity}:{number}:{self.kind.value}"

    def decided(self, state: FlagState, words: str, by: str, at: datetime) -> Flag:
        """Raises CheckInFlagUnknown (somebody has), BadInput."""
        if self.state is not FlagState.OPEN or state is FlagState.OPEN:
            raise CheckInFlagUnknown
        if len(words.strip()) not in _WORDS:
            raise BadInput(field="words")
        return replace(self, state=state, words=words.strip(), by=by, decided_at=at)


def flag_id(activity: str, citizen: str, kind: FlagKind) -> str:
    return f"{activity}:{citizen}:{kind.value}"


def found_in(check_ins: Iterable[CheckIn], at: datetime) -> list[Flag]:
    """All findings in the check-ins of an activity."""
    all_, found = list(check_ins), list[Flag]()
    phones, spots = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for one in all_:
        phones[one.device].add(one.citizen)
        spots[one.spot].add(one.citizen)
    for one in all_:
        mine = (one.activity, one.citizen, one.organisation, at)
        if (others := len(phones[one.device]) - 1) > 0:
            found.append(Flag(FlagKind.SHARED_PHONE, *mine, others=others))
        if (others := len(spots[one.spot]) - 1) >= MANY_AT_A_SPOT - 1:
            found.append(Flag(FlagKind.SAME_SPOT, *mine, others=others))
        if one.too_fast:
            found.append(Flag(FlagKind.TOO_FAST, *mine))
    return found
