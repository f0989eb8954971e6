"""What everybody may read of a case: a text without personal data that its reporter saw beforehand, and about where.

What is confirmed is the digest of what was previewed, so nothing else can be published than what was read. The words
themselves stay with the case; taking back takes away the publication and nothing of the case.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from app.core.errors import BadInput
from app.core.places.model import Point
from app.domains.voice.cases.history.model import OPEN, CaseEvent, CaseState
from app.domains.voice.cases.model import Case
from app.domains.voice.public.publishing.striking.model import Find, struck

MOST_WISHED: Final = 20
_LONGEST_WISHED: Final = 60
NEAR: Final = 5_000  # metres at most
_DIGITS: Final = 3  # of a degree: about 110 m; at whose door it is, nobody reads
# What was taken in by the centre, or ended well: not what lies unread, nor what was refused, withdrawn or merged.
LISTED: Final = (OPEN | {CaseState.CLOSED}) - {CaseState.FILED}


@dataclass(frozen=True, slots=True)
class Preview:
    """`finds` are in the words as they were written, the title's first. `digest` is what is confirmed by."""

    title: str
    text: str
    in_title: tuple[Find, ...]
    in_text: tuple[Find, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Heard:
    """How many of those who joined say of one handling that it solved their trouble, and that it did not."""

    solved: int = 0
    unsolved: int = 0


@dataclass(frozen=True, slots=True)
class Publication:
    """What is listed: where about, and how many care. `listed`: the case is in a state in which it is shown.
    `heard`: what those who joined say, by round.
    """

    case: str
    listed: bool
    category: str
    district: str
    point: Point | None
    published_at: datetime
    supports: int = 0
    follows: int = 0
    joins: int = 0
    heard: Mapping[int, Heard] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PublicCase:
    """`case` without what people wrote but what is published. `reply` is what the unit said, struck out likewise; it
    is read with a single case only.
    """

    publication: Publication
    case: Case
    reply: str | None = None

    @property
    def id(self) -> str:
        return self.case.id

    @property
    def events(self) -> tuple[CaseEvent, ...]:
        return tuple(event for event in self.case.events if event.public)


@dataclass(frozen=True, slots=True)
class Nearby:
    public: PublicCase
    metres: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """A part of the public list: of a district (six digits), or of all."""

    district: str | None = None


def previewed(case: Case, wished: Collection[str]) -> Preview:
    """Raises BadInput."""
    more = tuple(dict.fromkeys(one.strip() for one in wished if one.strip()))
    if len(more) > MOST_WISHED or any(len(one) > _LONGEST_WISHED for one in more):
        raise BadInput(field="alsoStrike")
    title, text = struck(case.words.title, more), struck(case.words.text, more)
    return Preview(title.text, text.text, title.finds, text.finds, _digest(case.id, title.text, text.text))


def publication_of(case: Case, at: datetime) -> Publication:
    return Publication(
        case=case.id,
        listed=is_listed(case),
        category=case.category,
        district=case.place.division[:6],
        point=about(case),
        published_at=at,
    )


def is_listed(case: Case) -> bool:
    """Cases of test mode are nobody's reading."""
    return case.public and case.state in LISTED and case.test_of is None


def about(case: Case) -> Point | None:
    """Where it is; not to the door, unless it is a thing of the city's own that stands in the street."""
    point = case.place.point
    if point is None or case.place.asset is not None:
        return point
    return Point(round(point.latitude, _DIGITS), round(point.longitude, _DIGITS))


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
