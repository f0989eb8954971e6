"""A repair, or another request to the property company.

reported ──> accepted ──> scheduled ──> done ──> rated
    │            └───────────────────────┘ └── not solved ──> reported again
    └── taken back ──> withdrawn

Each kind has two terms: to be accepted, and to be done. When one has passed, or whoever reported it asks for it, the
city's centre gets it as a case; the repair goes on beside it, and keeps the case's number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.limit import Limit
from app.core.said import Said
from app.domains.community.estates.model import Home
from app.domains.community.repairs.errors import (
    RepairGradeInvalid,
    RepairHandedOver,
    RepairInvalid,
    RepairRated,
    RepairStateWrong,
)

MOST_OPEN, MOST_FILES, MOST_EVENTS = 20, 9, 100
LONGEST_WORDS, LONGEST_SPOT, LONGEST_NOTE = 1_000, 80, 300
REPORTED = Limit("repairs-reported", 20, timedelta(days=1))


class RepairKind(StrEnum):
    LIFT = "lift"
    WATER = "water"
    POWER = "power"
    GAS = "gas"
    DOOR = "door"
    FIRE_SAFETY = "fire_safety"
    LIGHT = "light"
    CLEANING = "cleaning"
    GREEN = "green"
    PARKING = "parking"
    NOISE = "noise"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Terms:
    """How long until it is to be accepted, and to be done."""

    name: Said
    accept: timedelta
    finish: timedelta


_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
TERMS: Mapping[RepairKind, Terms] = {
    RepairKind.LIFT: Terms(Said("电梯", "Lift"), _HOUR, _DAY),
    RepairKind.WATER: Terms(Said("供排水", "Water and drains"), 2 * _HOUR, 2 * _DAY),
    RepairKind.POWER: Terms(Said("供电", "Power"), 2 * _HOUR, _DAY),
    RepairKind.GAS: Terms(Said("燃气", "Gas"), _HOUR, _DAY),
    RepairKind.DOOR: Terms(Said("门禁门锁", "Doors and gates"), 4 * _HOUR, 2 * _DAY),
    RepairKind.FIRE_SAFETY: Terms(Said("消防设施", "Fire safety"), 2 * _HOUR, 2 * _DAY),
    RepairKind.LIGHT: Terms(Said("公共照明", "Lights"), _DAY, 3 * _DAY),
    RepairKind.CLEANING: Terms(Said("保洁", "Cleaning"), _DAY, 2 * _DAY),
    RepairKind.GREEN: Terms(Said("绿化", "Greenery"), 2 * _DAY, 7 * _DAY),
    RepairKind.PARKING: Terms(Said("停车", "Parking"), _DAY, 3 * _DAY),
    RepairKind.NOISE: Terms(Said("噪声扰民", "Noise"), _DAY, 3 * _DAY),
    RepairKind.OTHER: Terms(Said("其他", "Something else"), _DAY, 5 * _DAY),
}


class RepairState(StrEnum):
    REPORTED = "reported"
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    DONE = "done"
    RATED = "rated"
    WITHDRAWN = "withdrawn"


OPEN = frozenset({RepairState.REPORTED, RepairState.ACCEPTED, RepairState.SCHEDULED})
_S = RepairState
_FROM: Mapping[RepairState, frozenset[RepairState]] = {
    _S.ACCEPTED: frozenset({_S.REPORTED}),
    _S.SCHEDULED: frozenset({_S.REPORTED, _S.ACCEPTED, _S.SCHEDULED}),
    _S.DONE: frozenset({_S.ACCEPTED, _S.SCHEDULED}),
    _S.WITHDRAWN: OPEN,
}


class Why(StrEnum):
    """Why the city's centre has it."""

    NOT_ACCEPTED = "not_accepted"
    NOT_DONE = "not_done"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class RepairWish:
    """`spot` says where, when it is not at home."""

    kind: RepairKind
    words: str
    at_home: bool = True
    spot: str = ""
    files: tuple[str, ...] = ()

    def checked(self) -> RepairWish:
        """Tidied. Raises RepairInvalid."""
        words, spot = self.words.strip(), " ".join(self.spot.split())
        if not 2 <= len(words) <= LONGEST_WORDS or not all(one.isprintable() or one in "\n\t" for one in words):
            raise RepairInvalid("words")
        if len(spot) > LONGEST_SPOT or not spot.isprintable() or not (self.at_home or spot):
            raise RepairInvalid("spot")
        if len(self.files) > MOST_FILES:
            raise RepairInvalid("files")
        return replace(self, words=words, spot=spot)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened. `note` is what the company told of it."""

    state: RepairState
    at: datetime
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rating:
    solved: bool
    grade: int
    at: datetime

    def __post_init__(self) -> None:
        """Raises RepairGradeInvalid."""
        if not 1 <= self.grade <= 5:
            raise RepairGradeInvalid


@dataclass(frozen=True, slots=True)
class HandedOver:
    case: str
    number: str
    why: Why
    at: datetime


@dataclass(frozen=True, slots=True)
class Repair:
    """`home` and `words` are none when whoever reported it has left the city. `due_at`: by when the next step is due;
    none when none is. `visit_at`: when somebody comes.
    """

    id: str
    citizen: str
    estate: str
    household: str
    kind: RepairKind
    state: RepairState
    reported_at: datetime
    accept_by: datetime
    finish_by: datetime
    due_at: datetime | None
    steps: tuple[Step, ...]
    words: str | None = None
    home: Home | None = None
    spot: str = ""
    files: tuple[str, ...] = ()
    visit_at: datetime | None = None
    ratings: tuple[Rating, ...] = ()
    handed_over: HandedOver | None = None
    rev: int = 0

    @property
    def record(self) -> str:
        """Under which name its files are kept."""
        return f"repair:{self.id}"

    def late(self, now: datetime) -> Why | None:
        """Which term has passed."""
        if self.state is RepairState.REPORTED and now >= self.accept_by:
            return Why.NOT_ACCEPTED
        return Why.NOT_DONE if self.state in OPEN and now >= self.finish_by else None

    def moved(self, to: RepairState, by: str, at: datetime, note: str = "", visit_at: datetime | None = None) -> Repair:
        """By the company (or withdrawn by whoever reported it). Raises RepairStateWrong, RepairInvalid."""
        # A day can be named anew so often; what has been named too often can still be done, or taken back.
        often = to is RepairState.SCHEDULED and len(self.steps) >= MOST_EVENTS
        if self.state not in _FROM[to] or often:
            raise RepairStateWrong(self.state.value)
        said = note.strip()
        if len(said) > LONGEST_NOTE:
            raise RepairInvalid("note")
        if to is RepairState.SCHEDULED and (visit_at is None or visit_at < at):
            raise RepairInvalid("visitAt")
        steps = (*self.steps, Step(to, at, by, said))
        due = None if to not in OPEN else self.finish_by
        return replace(self, state=to, steps=steps, due_at=self._due(due), visit_at=visit_at, rev=self.rev + 1)

    def rated(self, rating: Rating, by: str) -> Repair:
        """Not solved, it is reported again, with its terms anew; that can be said once, and the last word counts.

        Raises RepairStateWrong, RepairRated.
        """
        if self.state is RepairState.RATED:
            raise RepairRated
        if self.state is not RepairState.DONE:
            raise RepairStateWrong(self.state.value)
        ratings, again = (*self.ratings, rating), not rating.solved and not self.ratings
        if not again:
            steps = (*self.steps, Step(RepairState.RATED, rating.at, by))
            return replace(self, state=RepairState.RATED, ratings=ratings, steps=steps, due_at=None, rev=self.rev + 1)
        terms = TERMS[self.kind]
        fresh = replace(
            self,
            state=RepairState.REPORTED,
            ratings=ratings,
            steps=(*self.steps, Step(RepairState.REPORTED, rating.at, by)),
            accept_by=rating.at + terms.accept,
            finish_by=rating.at + terms.finish,
            visit_at=None,
            rev=self.rev + 1,
        )
        return replace(fresh, due_at=fresh._due(fresh.accept_by))

    def given(self, case: str, number: str, why: Why, at: datetime) -> Repair:
        """To the city's centre. Raises RepairStateWrong, RepairHandedOver."""
        if self.handed_over is not None:
            raise RepairHandedOver(self.handed_over.number)
        if self.state in (RepairState.RATED, RepairState.WITHDRAWN):
            raise RepairStateWrong(self.state.value)
        return replace(self, handed_over=HandedOver(case, number, why, at), due_at=None, rev=self.rev + 1)

    def _due(self, at: datetime | None) -> datetime | None:
        """What the centre has is looked after there."""
        return None if self.handed_over is not None else at
