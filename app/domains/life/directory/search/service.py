"""Searching places by words; from a point, the nearer of what fits as well stands first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from app.core.errors import BadInput
from app.core.paging import Page, PageRequest
from app.core.places.model import Point
from app.core.texts import CUT, Match, Text, TextIndex
from app.domains.life.directory.places.model import Found, Place, Which
from app.domains.life.directory.places.service import PlaceService
from app.domains.life.directory.search.keeping.service import PlaceIndex
from app.domains.life.directory.search.model import nearness, rings, tags_of, typed_text

_MOST_SUGGESTED = 10
_LEAST = 0.2  # likeness: what shares a single character with the question is no answer
_COMPARED = 100  # candidates that are compared with the question, anywhere and in each ring: some microseconds each
_NEARLY = 0.6  # of the best likeness there is anywhere: what is close by must fit nearly as well


class PlaceSearch:
    def __init__(self, keeper: PlaceIndex, places: PlaceService) -> None:
        self.keeper = keeper
        self._places = places

    async def search(
        self, typed: str, which: Which, point: Point | None, open_now: bool, request: PageRequest
    ) -> Page[tuple[int, Found]]:
        """The best first, each with its place among the results, which is the cursor. Nothing for what nobody can have
        meant. Raises BadInput.
        """
        text, offset = typed_text(typed), _offset(request.after)
        matches = await self._matches(text, which, point) if text else []
        found, seen = list[tuple[int, Found]](), offset
        while len(found) <= request.first and seen < len(matches):
            some = matches[seen : seen + request.first + 1]
            places = await self._places.many([match.text.key for match in some])
            found += self._met(some, places, seen, point, open_now)
            seen += len(some)
        return Page.cut(found, request)

    async def suggest(self, typed: str) -> list[str]:
        """Names, at most ten, the likeliest first."""
        text = typed_text(typed)
        matches = (await self.keeper.index()).suggest(text, most=2 * _MOST_SUGGESTED) if text else []
        names = dict.fromkeys(match.text.titles[match.title] for match in matches)
        return list(names)[:_MOST_SUGGESTED]

    async def _matches(self, text: str, which: Which, point: Point | None) -> list[Match]:
        """The same list whatever page of it is asked for."""
        index, tags = await self.keeper.index(), tags_of(which)
        found = index.search(text, tags).matches if point is None else self._near(index, text, tags, point)
        return [match for match in found if match.likeness >= _LEAST]

    def _near(self, index: TextIndex, text: str, tags: Collection[str], point: Point) -> list[Match]:
        """What fits anywhere; where that is more than an index compares, so that it would leave out the nearest, also
        what fits nearly as well in each ring, as far as it can be told.
        """
        points = self.keeper.points

        def favour(one: Text) -> float:
            at = points.get(one.key)
            return nearness(point.metres_to(at)) if at is not None else 1.0

        anywhere = index.search(text, tags, most=_COMPARED, compared=_COMPARED)
        best = {one.text.key: replace(one, score=one.score * favour(one.text)) for one in anywhere.matches}
        least = _NEARLY * max((one.likeness for one in anywhere.matches), default=0.0)
        for cells in rings(point) if anywhere.more else ():
            ring = index.search(text, tags, favour, _COMPARED, cells, _COMPARED)
            best |= {match.text.key: match for match in ring.matches if match.likeness >= least}
            if ring.more:
                break
        found = sorted(best.values(), key=lambda match: -match.score)
        return [match for match in found if match.score >= CUT * found[0].score]

    def _met(
        self, matches: Sequence[Match], places: Mapping[str, Place], seen: int, point: Point | None, open_now: bool
    ) -> list[tuple[int, Found]]:
        found = []
        for rank, match in enumerate(matches, seen + 1):
            place = places.get(match.text.key)
            if place is None or not place.active or (open_now and not self._places.opening(place).open):
                continue  # gone since the index heard of it last, or shut
            metres = round(place.point.metres_to(point), 3) if point is not None else None
            found.append((rank, Found(place, metres)))
        return found


def _offset(after: str | None) -> int:
    """Raises BadInput."""
    if after is None:
        return 0
    if not after.isascii() or not after.isdigit() or len(after) > 4:
        raise BadInput(field="after")
    return int(after)
