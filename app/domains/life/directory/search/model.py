"""A place as the index has it: what it is found by, and in which cells it lies."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from app.core.places.model import AREA, CELL, Point, cell_of, cells_near
from app.core.texts import Synonyms, Text
from app.core.texts.folding import PARTS, fold
from app.domains.life.directory.kinds.model import CLASS_NAMES, all_kinds, kind_of
from app.domains.life.directory.places.model import Place, Which

MOST_CHARACTERS = 100
# Metres, and the cells that are asked for: where more fits than can be compared, rings are looked at one by one.
_RINGS = ((400.0, CELL), (1_200.0, CELL), (3_000.0, AREA), (6_000.0, AREA), (12_000.0, AREA))
_MOST_CELLS = 1_000  # of a ring: at 80 degrees north the widest one has fewer
_HALF = 2_000.0  # metres at which nearness counts half as much as at one's feet
_NEAREST = 0.6  # how much ahead of one far off
_BAYES, _MIDDLE = 5, 3.5  # a few ratings say little yet


def document(place: Place) -> Text:
    """`titles`: its names and what its sort and its class are called; the better rated is a little ahead."""
    kind = kind_of(place.kind)
    called = (*_called(place.kind), CLASS_NAMES[kind.group].zh, CLASS_NAMES[kind.group].en)
    titles = dict.fromkeys(title for title in (place.name.zh, place.name.en, *called) if title)
    body = f"{place.said.address} {place.said.about.zh} {place.said.about.en}"
    tags = (f"class:{kind.group.value}", f"kind:{kind.code}")
    cells = frozenset(_cell(size, cell_of(place.point, size)) for size in (AREA, CELL))
    return Text(place.id, tuple(titles), body, tags, cells, (), _weight(place))


def synonyms() -> Synonyms:
    """What a sort of place is called besides."""
    return Synonyms.parsed("\n".join(",".join(_called(kind)) for kind in all_kinds()))


def tags_of(which: Which) -> list[str]:
    if which.kind is not None:
        return [f"kind:{which.kind}"]
    return [f"class:{which.group.value}"] if which.group is not None else []


def rings(point: Point) -> Iterator[list[str]]:
    """Each wider than the one before, and holding it; at the poles, where cells are slivers, not all of them."""
    for metres, size in _RINGS:
        cells = cells_near(point, metres, size)
        if len(cells) > _MOST_CELLS:
            return
        yield [_cell(size, cell) for cell in cells]


def nearness(metres: float) -> float:
    """What a score is multiplied by: about 1."""
    return 1 + _NEAREST * _HALF / (_HALF + metres)


def typed_text(typed: str) -> str | None:
    """In one line; None when nothing can be looked for."""
    text = " ".join(typed.split())[:MOST_CHARACTERS]
    return text if PARTS.search(fold(text)) else None


@cache
def _called(kind: str) -> tuple[str, ...]:
    found = kind_of(kind)
    return (found.name.zh, found.name.en, *found.also)


@lru_cache(maxsize=50_000)
def _cell(size: float, cell: str) -> str:
    """The same text each time: many places lie in one."""
    return f"area:{cell}" if size == AREA else f"cell:{cell}"


def _weight(place: Place) -> float:
    """From 0 to 1."""
    stars = sum(n * count for n, count in enumerate(place.ratings.counts, 1))
    return ((stars + _BAYES * _MIDDLE) / (place.ratings.count + _BAYES) - 1) / 4
