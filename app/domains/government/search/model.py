"""A search: what was typed, what narrows it, and an item as it is found.

An item is one document however many units offer it. Its tags are what results are narrowed by and counted in, its
places the divisions of the units that offer it; by the units themselves it can be filtered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from app.core.said import Said
from app.core.texts import Text
from app.core.texts.folding import PARTS, fold
from app.core.texts.marking import Part
from app.domains.government.catalogue.model import Audience, Category, Depth, Item, LifeEvent, Offer
from app.domains.government.search.errors import SearchTextMissing, SearchTextTooLong
from app.domains.identity.citizens.model import areas_of
from app.domains.identity.organisations.model import Level

MOST_CHARACTERS = 100
_BODY = 600  # characters of a guide that are read
_LONG = 400  # characters of what is listed
# What is done in one's own township is nearer than what the province does; what is done nowhere near is further.
_NEAR = (1.0, 1.02, 1.04, 1.06)
_FAR = 0.85


class Facet(StrEnum):
    """By what results are counted, and narrowed."""

    CATEGORY = "category"
    LIFE_EVENT = "life_event"
    DEPARTMENT = "department"
    AUDIENCE = "audience"
    LEVEL = "level"
    VISITS = "visits"
    DEPTH = "depth"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """All of these at once; None is any. `unit` offers it; `department` defines it."""

    category: Category | None = None
    life_event: LifeEvent | None = None
    department: str | None = None
    audience: Audience | None = None
    level: Level | None = None
    visits: int | None = None
    depth: Depth | None = None
    unit: str | None = None

    @property
    def tags(self) -> list[str]:
        wanted = {
            Facet.CATEGORY: self.category,
            Facet.LIFE_EVENT: self.life_event,
            Facet.DEPARTMENT: self.department,
            Facet.AUDIENCE: self.audience,
            Facet.LEVEL: self.level,
            Facet.VISITS: self.visits,
            Facet.DEPTH: self.depth,
        }
        tags = [_tag(facet, value) for facet, value in wanted.items() if value is not None]
        return [*tags, f"unit:{self.unit}"] if self.unit else tags


@dataclass(frozen=True, slots=True)
class Hit:
    """`place` among all results, from 1. `likeness` from 0 to 1. `parts` are the title by which it was found; `also`
    when that is not its name.
    """

    place: int
    item: Item
    near: Offer | None
    likeness: float
    parts: tuple[Part, ...]
    also: bool


@dataclass(frozen=True, slots=True)
class Results:
    """One page of them. `total` of all; `more` when the search stopped at its limit and there may be others."""

    hits: tuple[Hit, ...]
    has_next: bool
    total: int
    more: bool
    counts: Mapping[Facet, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`text` is what to search for: an item's name, or what people call it."""

    code: str
    text: str


def parsed(typed: str) -> str:
    """Raises SearchTextMissing, SearchTextTooLong."""
    text = " ".join(typed.split())
    if len(text) > MOST_CHARACTERS:
        raise SearchTextTooLong(MOST_CHARACTERS)
    if not PARTS.search(fold(text)):
        raise SearchTextMissing
    return text


@dataclass(frozen=True, slots=True)
class Places:
    """Where an item is offered; many items share one."""

    units: tuple[str, ...]
    divisions: frozenset[str]


def document(item: Item, department: Said, places: Places, weight: float) -> Text:
    """`weight` from 0 to 1: how much it is asked for."""
    listed = (one.zh for one in (*(m.name for m in item.materials), *item.conditions))
    plain = " ".join((item.category.value, *item.life_events)).replace("_", " ")
    body = (item.guide.zh[:_BODY], " ".join(listed)[:_LONG], department.zh, department.en, plain)
    titles = dict.fromkeys(title for title in (item.name.zh, item.name.en, *item.also) if title)
    tags = tuple(_tags(item))
    return Text(item.code, tuple(titles), " ".join(body), tags, places.divisions, places.units, weight)


def places_of(units: Iterable[str], divisions: Iterable[str]) -> Places:
    return Places(tuple(map(_unit, units)), frozenset(_division(code) for code in divisions if code))


def nearness(text: Text, division: str) -> float:
    """What its score is multiplied by, for who lives there."""
    if not text.places:
        return 1.0
    ways = [f"division:{code.ljust(12, '0')}" for code in areas_of(division)]
    offered = [factor for way, factor in zip(ways, _NEAR, strict=False) if way in text.places]
    return max(offered, default=_FAR)


def counts_of(tags: Mapping[str, int]) -> dict[Facet, dict[str, int]]:
    """Counts by facet and value, from those by tag."""
    counts: dict[Facet, dict[str, int]] = {facet: {} for facet in Facet}
    for tag, count in sorted(tags.items(), key=lambda one: (-one[1], one[0])):
        facet, _, value = tag.partition(":")
        counts[Facet(facet)][value] = count
    return counts


def _tags(item: Item) -> list[str]:
    many: dict[Facet, Collection[object]] = {
        Facet.CATEGORY: [item.category],
        Facet.LIFE_EVENT: sorted(item.life_events),
        Facet.DEPARTMENT: [item.owner],
        Facet.AUDIENCE: sorted(item.audience),
        Facet.LEVEL: sorted(item.levels),
        Facet.VISITS: [item.visits],
        Facet.DEPTH: [item.depth],
    }
    return [_tag(facet, value) for facet, values in many.items() for value in values]


def _tag(facet: Facet, value: object) -> str:
    return f"{facet.value}:{value}"


@cache
def _unit(code: str) -> str:
    """The same text each time: it stands in the sets of many items."""
    return f"unit:{code}"


@cache
def _division(code: str) -> str:
    return f"division:{code}"
