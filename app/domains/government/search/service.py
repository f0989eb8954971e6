"""Searching: results with the unit to go to, counts to narrow them by, and suggestions while somebody types."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from app.core.errors import BadInput
from app.core.paging import PageRequest
from app.core.texts import Match, Reader
from app.core.texts.marking import marked
from app.core.viewer import Viewer
from app.domains.government.catalogue.model import Item, Offer
from app.domains.government.search.errors import SearchTextMissing, SearchTextTooLong
from app.domains.government.search.keeping.service import IndexKeeper
from app.domains.government.search.model import Hit, Narrowed, Results, Suggestion, counts_of, nearness, parsed

_MOST_SUGGESTED = 10


class Catalogue(Protocol):
    async def items(self, codes: Collection[str]) -> dict[str, Item]: ...

    async def where(self, viewer: Viewer, division: str | None) -> str | None: ...

    async def offers_near(self, codes: Collection[str], division: str) -> Mapping[str, Offer]: ...


class SearchService:
    def __init__(self, keeper: IndexKeeper, catalogue: Catalogue) -> None:
        self.keeper = keeper
        self._catalogue = catalogue

    async def search(
        self, viewer: Viewer, typed: str, narrowed: Narrowed, division: str | None, request: PageRequest
    ) -> Results:
        """The best first; places in this order are the cursor, which goes no deeper than the index does.

        Raises SearchTextMissing, SearchTextTooLong, BadInput.
        """
        text, offset = parsed(typed), _offset(request.after)
        where = await self._catalogue.where(viewer, division)
        index = await self.keeper.index()
        found = index.search(text, narrowed.tags, (lambda one: nearness(one, where)) if where else None)
        end = offset + request.first
        page = dict(enumerate(found.matches[offset:end], offset + 1))
        hits = await self._hits(index.reader, text, page, where)
        return Results(hits, end < len(found.matches), len(found.matches), found.more, counts_of(found.counts()))

    async def suggest(self, typed: str) -> list[Suggestion]:
        """At most ten, the likeliest first; nothing for what nobody can have meant."""
        try:
            text = parsed(typed)
        except (SearchTextMissing, SearchTextTooLong):
            return []
        matches = (await self.keeper.index()).suggest(text, most=_MOST_SUGGESTED)
        return [Suggestion(match.text.key, match.text.titles[match.title]) for match in matches]

    async def _hits(self, reader: Reader, typed: str, page: Mapping[int, Match], where: str | None) -> tuple[Hit, ...]:
        codes = [match.text.key for match in page.values()]
        items = await self._catalogue.items(codes)
        near = await self._catalogue.offers_near(codes, where) if where and codes else {}
        hits: list[Hit] = []
        for place, match in page.items():
            item = items.get(match.text.key)
            if item is not None:  # else it is gone since the index heard of it last
                title = match.text.titles[match.title]
                also = title not in (item.name.zh, item.name.en)
                parts = marked(reader, typed, title)
                hits.append(Hit(place, item, near.get(item.code), match.likeness, parts, also))
        return tuple(hits)


def _offset(after: str | None) -> int:
    """Raises BadInput."""
    if after is None:
        return 0
    if not after.isascii() or not after.isdigit() or len(after) > 4:
        raise BadInput(field="after")
    return int(after)
