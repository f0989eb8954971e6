"""A place of the directory: what it is, where, when it is open, who brought it, who runs it, and how it is rated."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import Any
from zlib import crc32

from app.core.places.model import Point
from app.core.said import UNSAID, Said
from app.core.texts.folding import fold
from app.domains.life.directory.hours.model import Hours
from app.domains.life.directory.kinds.model import PlaceClass, kind_of
from app.domains.life.directory.places.errors import PlaceFieldInvalid, PlaceGone

LONGEST_NAME, LONGEST_ADDRESS, LONGEST_ABOUT, LONGEST_REFERENCE = 60, 120, 500, 80
BY_HAND = "desk"  # the source of what nobody's file brought
FARTHEST, NEAREST_FIRST = 20_000.0, 5_000.0  # metres
_FIELDS = ("kind", "name", "point", "address", "phone", "about", "hours")
_NOISE = re.compile(r"[\W_]+")
_CITY = re.compile(r"^(福建省?)?(福州市?)?")
_PHONE = re.compile(r"[0-9+][0-9 -]{4,18}[0-9](?:转[0-9]{1,6})?")
_SOURCE = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


class PlaceState(StrEnum):
    ACTIVE = "active"
    CLOSED = "closed"  # for good
    MERGED = "merged"  # it was another one twice


@dataclass(frozen=True, slots=True)
class Source:
    """Who brought a place, and how it is called there: so that a file can be read again."""

    name: str
    reference: str

    @property
    def key(self) -> str:
        return f"{self.name}/{self.reference}"


@dataclass(frozen=True, slots=True)
class PlaceDraft:
    """What somebody says of a place."""

    kind: str
    name: Said
    point: Point
    address: str = ""
    phone: str = ""
    about: Said = UNSAID
    hours: Hours = field(default_factory=Hours)

    @property
    def folded(self) -> str:
        """Its name as it is compared: in one spelling, without blanks, brackets and the city's own name."""
        return folded_name(self.name.zh)

    def checked(self) -> PlaceDraft:
        """With its words tidy. Raises PlaceFieldInvalid, PlaceKindUnknown."""
        kind_of(self.kind)
        phone = tidy(self.phone, "phone", 30, 0)
        if phone and not _PHONE.fullmatch(phone):
            raise PlaceFieldInvalid("phone")
        return replace(
            self,
            name=Said(tidy(self.name.zh, "name", LONGEST_NAME), tidy(self.name.en, "nameEn", LONGEST_NAME, 0)),
            address=tidy(self.address, "address", LONGEST_ADDRESS, 0),
            phone=phone,
            about=Said(
                tidy(self.about.zh, "about", LONGEST_ABOUT, 0), tidy(self.about.en, "aboutEn", LONGEST_ABOUT, 0)
            ),
        )


@dataclass(frozen=True, slots=True)
class Ratings:
    """How many gave one star, two, up to five."""

    counts: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)

    @property
    def count(self) -> int:
        return sum(self.counts)

    @property
    def average(self) -> float | None:
        """With one decimal."""
        total = sum(stars * count for stars, count in enumerate(self.counts, 1))
        return round(total / self.count, 1) if self.count else None


@dataclass(frozen=True, slots=True)
class Place:
    """`sources`: all that brought it, its own first, and `brought` what that one said last, field by field: a file that
    is read again overwrites what it changed, not what was put right here. `operator` is the organisation that runs it,
    as the desk found. `into`: the place that it was all along. `rev` counts changes; ratings are counted beside.
    """

    id: str
    said: PlaceDraft
    sources: tuple[Source, ...]
    made_at: datetime
    changed_at: datetime
    brought: tuple[int, ...] = ()
    operator: str | None = None
    state: PlaceState = PlaceState.ACTIVE
    reason: str = ""
    into: str | None = None
    ratings: Ratings = Ratings()
    rev: int = 1

    @property
    def kind(self) -> str:
        return self.said.kind

    @property
    def group(self) -> PlaceClass:
        return kind_of(self.said.kind).group

    @property
    def name(self) -> Said:
        return self.said.name

    @property
    def point(self) -> Point:
        return self.said.point

    @property
    def hours(self) -> Hours:
        return self.said.hours

    @property
    def active(self) -> bool:
        return self.state is PlaceState.ACTIVE

    def demand_active(self) -> Place:
        """Raises PlaceGone."""
        if not self.active:
            raise PlaceGone
        return self

    def demand_own(self) -> Place:
        """Raises PlaceGone: what was merged is another place by now, and is changed there."""
        if self.state is PlaceState.MERGED:
            raise PlaceGone
        return self

    def amended(self, draft: PlaceDraft, at: datetime) -> Place:
        """As it is said now; itself when that is nothing new. What was closed is there again. Raises PlaceGone."""
        self.demand_own()
        changed = replace(self, said=draft, state=PlaceState.ACTIVE, reason="")
        return self if changed == self else changed.moved(at)

    def brought_again(self, draft: PlaceDraft, source: Source, at: datetime) -> Place:
        """By a file. Its own source overwrites what it says otherwise than last time; any other one only fills in what
        nobody said so far.
        """
        if source != self.sources[0]:
            return self._filled(draft, source, at)
        marks = marks_of(draft)
        named = zip(_FIELDS, self.brought or (0,) * len(_FIELDS), marks, strict=True)
        fresh: dict[str, Any] = {name: getattr(draft, name) for name, old, new in named if old != new}
        return replace(self, said=replace(self.said, **fresh), brought=marks).moved(at) if fresh else self

    def run_by(self, operator: str | None, at: datetime) -> Place:
        """Raises PlaceGone."""
        self.demand_own()
        return self if operator == self.operator else replace(self, operator=operator).moved(at)

    def closed(self, reason: str, at: datetime) -> Place:
        """For good. Raises PlaceGone, PlaceFieldInvalid."""
        self.demand_active()
        words = tidy(reason, "reason", LONGEST_ADDRESS)
        return replace(self, state=PlaceState.CLOSED, reason=words).moved(at)

    def merged(self, into: Place, at: datetime) -> tuple[Place, Place]:
        """Itself as it is gone, and the other one with what this one knew. Raises PlaceGone, PlaceFieldInvalid."""
        if self.id == into.id:
            raise PlaceFieldInvalid("into")
        kept = into.demand_active()
        for source in self.demand_active().sources:
            kept = kept._filled(self.said, source, at)
        kept = replace(kept, operator=into.operator or self.operator, rev=into.rev)
        gone = replace(self, state=PlaceState.MERGED, into=into.id, sources=self.sources[:1])
        return gone.moved(at), kept.moved(at)

    def _filled(self, draft: PlaceDraft, source: Source, at: datetime) -> Place:
        own, theirs = self.said, draft
        both = replace(
            own,
            name=Said(own.name.zh, own.name.en or theirs.name.en),
            address=own.address or theirs.address,
            phone=own.phone or theirs.phone,
            about=own.about if own.about.zh else theirs.about,
            hours=own.hours if own.hours.known else theirs.hours,
        )
        known = self.sources if source in self.sources else (*self.sources, source)
        changed = replace(self, said=both, sources=known)
        return self if changed == self else changed.moved(at)

    def moved(self, at: datetime) -> Place:
        return replace(self, rev=self.rev + 1, changed_at=at)


@dataclass(frozen=True, slots=True)
class Change:
    """What was changed of a place, and by whom: staff, an organisation, or a source."""

    place: str
    at: datetime
    by: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A place and how far it is, in metres; None where nobody said from where."""

    place: Place
    metres: float | None = None


@dataclass(frozen=True, slots=True)
class Which:
    """What is asked for; None is any. A sort says more than a class."""

    group: PlaceClass | None = None
    kind: str | None = None

    def holds(self, kind: str) -> bool:
        return self.kind == kind if self.kind else self.group in (None, kind_of(kind).group)


def place_of(id_: str, draft: PlaceDraft, source: Source, at: datetime) -> Place:
    """A new one."""
    return Place(id_, draft, (source,), at, at, marks_of(draft))


def marks_of(draft: PlaceDraft) -> tuple[int, ...]:
    """What a source said, field by field, in four bytes each."""
    return tuple(crc32(repr(getattr(draft, name)).encode()) for name in _FIELDS)


def source_of(name: str, reference: str) -> Source:
    """Raises PlaceFieldInvalid."""
    if not _SOURCE.fullmatch(name):
        raise PlaceFieldInvalid("source")
    return Source(name, tidy(reference, "reference", LONGEST_REFERENCE))


def id_from(source: Source) -> str:
    """The id of a place that a source brings: the same each time, whoever reads its file."""
    return sha256(source.key.encode()).hexdigest()[:32]


def differences(was: PlaceDraft, now: PlaceDraft) -> tuple[str, ...]:
    """Which fields are said otherwise."""
    return tuple(name for name in _FIELDS if getattr(was, name) != getattr(now, name))


@lru_cache(maxsize=4_096)
def folded_name(name: str) -> str:
    bare = _NOISE.sub("", fold(name))
    return _CITY.sub("", bare) or bare


def tidy(raw: str, what: str, most: int, least: int = 1) -> str:
    """One line without what cannot be seen. Raises PlaceFieldInvalid."""
    text = " ".join("".join(c for c in raw if unicodedata.category(c)[0] != "C" or c.isspace()).split())
    if not least <= len(text) <= most:
        raise PlaceFieldInvalid(what)
    return text
