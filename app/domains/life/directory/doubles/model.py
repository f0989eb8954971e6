"""When two places are one: certain by name, sort and distance, or doubtful and for the desk to decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from itertools import pairwise

from app.domains.life.directory.doubles.errors import DoubleUnknown
from app.domains.life.directory.kinds.model import kind_of
from app.domains.life.directory.places.model import PlaceDraft, folded_name

SURE, DOUBTED = 50.0, 300.0  # metres
_ALIKE = 0.7


class Doubt(StrEnum):
    """Why two may be one."""

    FAR = "far"  # called the same, some way off
    ALIKE = "alike"  # called nearly the same, at one spot
    OTHER_KIND = "other_kind"  # called the same at one spot, of another sort


class DoubleState(StrEnum):
    OPEN = "open"
    MERGED = "merged"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`doubt` None: they are one without doubt."""

    doubt: Doubt | None
    metres: float


@dataclass(frozen=True, slots=True)
class Double:
    """`place` came later than `other`, which was there."""

    place: str
    other: str
    doubt: Doubt
    metres: int
    at: datetime
    state: DoubleState = DoubleState.OPEN
    by: str | None = None
    decided_at: datetime | None = None

    @property
    def id(self) -> str:
        return "~".join(sorted((self.place, self.other)))

    def decided(self, state: DoubleState, by: str, at: datetime) -> Double:
        """Raises DoubleUnknown (it is decided)."""
        if self.state is not DoubleState.OPEN:
            raise DoubleUnknown
        return replace(self, state=state, by=by, decided_at=at)


def judged(one: PlaceDraft, other: PlaceDraft) -> Verdict | None:
    """What speaks for two being one; None is nothing."""
    metres = one.point.metres_to(other.point)
    if metres > DOUBTED:
        return None
    same, sort = one.folded == other.folded, one.kind == other.kind
    if same and sort and metres <= SURE:
        return Verdict(None, metres)
    if same and sort:
        return None if _says_its_sort(one) else Verdict(Doubt.FAR, metres)
    if metres > SURE or not (same or sort):
        return None
    if same:
        return Verdict(Doubt.OTHER_KIND, metres)
    nearly = _own_name(one) == _own_name(other) or alike(one.folded, other.folded) >= _ALIKE
    return Verdict(Doubt.ALIKE, metres) if nearly else None


def alike(one: str, other: str) -> float:
    """How much two names share, from 0 to 1: by pairs of characters (Sørensen and Dice)."""
    left, right = ({a + b for a, b in pairwise(name)} for name in (one, other))
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else float(one == other)


def _own_name(one: PlaceDraft) -> str:
    """Without what its sort is called: `同仁` of `同仁大药房`."""
    bare = one.folded
    for word in sorted(_called(one.kind), key=len, reverse=True):
        bare = bare.replace(word, "")
    return bare or one.folded


@cache
def _called(kind: str) -> tuple[str, ...]:
    found = kind_of(kind)
    return tuple(folded_name(word) for word in (found.name.zh, *found.also))


def _says_its_sort(one: PlaceDraft) -> bool:
    """`公厕` is no name: the next one is another."""
    return one.folded in _called(one.kind)
