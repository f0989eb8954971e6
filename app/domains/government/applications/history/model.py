"""The states of an application and what each step leaves behind: entries, points to mend, the decision, what is due."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from app.core.calendar.clock import Light
from app.core.viewer import Role
from app.domains.government.applications.errors import ApplicationWordsMissing, CorrectionPointUnknown
from app.domains.government.applications.materials.model import Given, Standing
from app.domains.government.catalogue.model import Item

_MOST_POINTS = 30
_LONGEST = 1_000


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    IN_REVIEW = "in_review"
    DECIDED = "decided"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"


# With the department, whoever's turn it is.
UNDER_WAY = frozenset({State.SUBMITTED, State.RETURNED, State.ACCEPTED, State.IN_REVIEW})
# The department's turn.
ITS_TURN = frozenset({State.SUBMITTED, State.ACCEPTED, State.IN_REVIEW})


class Happened(StrEnum):
    """An entry of the history. It is appended to, never changed."""

    BEGUN = "begun"
    MOVED = "moved"  # a draft, to another version of the form
    SUBMITTED = "submitted"
    CLAIMED = "claimed"
    RELEASED = "released"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CORRECTION_ASKED = "correction_asked"
    CORRECTED = "corrected"
    REVIEW_BEGUN = "review_begun"
    EXTENDED = "extended"
    GRANTED = "granted"
    REJECTED = "rejected"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"
    VISITED = "visited"
    OVERDUE = "overdue"


# Of what the applicant hears. Who has it in hand just now is the department's own business.
TOLD = frozenset(Happened) - {
    Happened.BEGUN,
    Happened.MOVED,
    Happened.CLAIMED,
    Happened.RELEASED,
    Happened.VISITED,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """`by` is the citizen or guardian, the member of staff or client, `system:CODE` or `worker`."""

    what: Happened
    at: datetime
    by: str
    role: Role


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to mend: in words, and where: a `field` of the form or a `material`, or neither."""

    words: str
    field: str | None = None
    material: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be mended: all of it at once. `goes_on`: the state it returns to. `points` are empty in lists, and
    when the applicant was erased.
    """

    asked_at: datetime
    goes_on: State
    points: tuple[Point, ...] = ()
    answered_at: datetime | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """`granted` None: it was not taken in. `remedy`: how to appeal. Words are None in lists, and after an erasure."""

    granted: bool | None
    at: datetime
    reason: str | None = None
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What the applicant wrote and handed in. `standing`: how each material stood when he did."""

    answers: Mapping[str, Any] = field(default_factory=dict, hash=False)
    given: tuple[Given, ...] = ()
    standing: tuple[Standing, ...] = ()


@dataclass(frozen=True, slots=True)
class Timing:
    """What follows from the clocks by the calendar of a day: kept with the application, to sort and to look again."""

    due: date | None = None
    light: Light = Light.GREEN
    look_on: date | None = None


def worded(text: str, field_: str) -> str:
    """What somebody wrote. Raises ApplicationWordsMissing."""
    words = text.strip()
    if len(words) > _LONGEST or sum(character.isalnum() for character in words) < 2:
        raise ApplicationWordsMissing(field_)
    return words


def parsed_points(points: Collection[Point], item: Item) -> tuple[Point, ...]:
    """Raises ApplicationWordsMissing (of none, or more than thirty, too), CorrectionPointUnknown."""
    if not 1 <= len(points) <= _MOST_POINTS:
        raise ApplicationWordsMissing("points")
    fields = set((item.form or {}).get("properties", {}))
    materials = {material.key for material in item.materials}
    for point in points:
        for name, known in ((point.field, fields), (point.material, materials)):
            if name is not None and name not in known:
                raise CorrectionPointUnknown(name[:80])
    return tuple(replace(point, words=worded(point.words, "points")) for point in points)
