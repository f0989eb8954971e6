"""Reading the catalogue: items in their versions, the units that offer them, and the subjects it is laid out by.

Other rooms build on this. What is asked for most is kept in memory (a bounded number of current items); the offers
are not, they are a hundred thousand and found by an index. Who derives data from the catalogue follows the change
stream of `service_items` and `offers`: a row is read by `item_of` and `offer_of`, and a row of an item counts when
it is `current`; when it is not `shown`, the item is gone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass

from cachetools import LRUCache

from app.core.errors import BadInput
from app.core.mongo import Document
from app.core.paging import Page, PageRequest
from app.core.viewer import Role, Viewer
from app.domains.government.catalogue.model import Category, Depth, Item, Offer
from app.domains.government.catalogue.store import ItemStore, OfferStore, Shelf, item_of, offer_of
from app.domains.identity.citizens.store import CitizenStore
from app.domains.identity.organisations.model import Level, Tree

_KEPT = 1_000
_DIVISION = re.compile(r"[0-9]{2,12}")
__all__ = ["CatalogueService", "Counts", "Shelf", "item_of", "offer_of"]


@dataclass(frozen=True, slots=True)
class Counts:
    """Of what people find. `visits`: how many items need 0, 1, 2 … visits; `online` are those one applies for there."""

    items: int
    categories: dict[Category, int]
    visits: dict[int, int]
    online: int


class CatalogueService:
    def __init__(self, items: ItemStore, offers: OfferStore, citizens: CitizenStore, tree: Tree) -> None:
        self._items = items
        self._offers = offers
        self._citizens = citizens
        self._tree = tree
        self._current: LRUCache[str, Item] = LRUCache(_KEPT)
        self._counts: Counts | None = None
        self._changes = 0
        self._seen: Callable[[str], None] | None = None

    def tell_views(self, seen: Callable[[str], None]) -> None:
        """From now on each item that somebody opens is told, by its code."""
        self._seen = seen

    async def item(self, code: str, version: int | None = None) -> Item | None:
        """The current version (published, or cancelled or merged since), or any that ever was published."""
        if version is not None:
            kept = self._current.get(code)
            return kept if kept and kept.version == version else await self._items.version(code, version)
        return (await self.items([code])).get(code)

    async def items(self, codes: Collection[str]) -> dict[str, Item]:
        """Current versions, in at most one query; what is unknown is left out."""
        found = {code: kept for code in codes if (kept := self._current.get(code)) is not None}
        if missing := set(codes) - found.keys():
            seen = self._changes
            read = {item.code: item for item in await self._items.currents(missing)}
            if seen == self._changes:  # else what was read may be what has just been replaced
                self._current.update(read)
            found |= read
        return found

    async def found(
        self, viewer: Viewer, code: str, version: int | None = None, division: str | None = None
    ) -> tuple[Item, Offer | None] | None:
        """An item and the viewer's unit for it: by this division, else by where he lives. Raises BadInput."""
        where = await self.where(viewer, division)
        item = await self.item(code, version)
        if item is None:
            return None
        if self._seen and viewer.role in (Role.ANONYMOUS, Role.CITIZEN) and not viewer.test_mode:
            self._seen(code)
        return item, await self.offer_near(code, where) if where and item.shown else None

    async def on_shelf_near(
        self, viewer: Viewer, shelf: Shelf, division: str | None, request: PageRequest
    ) -> tuple[Page[Item], dict[str, Offer]]:
        """As `on_shelf`, with the viewer's unit for each. Raises BadInput."""
        where = await self.where(viewer, division)
        page = await self.on_shelf(shelf, request)
        return page, await self.offers_near([item.code for item in page.items], where) if where else {}

    async def where(self, viewer: Viewer, division: str | None) -> str | None:
        """This division, or where the citizen lives: 12 digits. Raises BadInput."""
        if division is None:
            return await self.division_of(viewer)
        if not _DIVISION.fullmatch(division):
            raise BadInput(field="division")
        return division.ljust(12, "0")

    async def versions(self, code: str) -> list[Item]:
        """All that were ever published, newest first."""
        return [item for item in await self._items.versions(code) if item.published_at is not None]

    async def every_item(self) -> AsyncIterator[Item]:
        """Each that people find, by code, in batches from the database: for what is derived from the whole."""
        after = ""
        while batch := await self._items.shown_after(after):
            for item in batch:
                yield item
            after = batch[-1].code

    async def on_shelf(self, shelf: Shelf, request: PageRequest) -> Page[Item]:
        """What people find, the most asked for first; the cursor is `rank_of` the item."""
        return await self._items.on(shelf, request)

    async def counts(self) -> Counts:
        if self._counts is None:
            seen, counted = self._changes, await self._items.counted()
            counts = _counts(counted)
            if seen != self._changes:
                return counts
            self._counts = counts
        return self._counts

    async def offers_by_level(self) -> dict[Level, int]:
        """How many offers there are: for the desk; it reads an index over all of them."""
        return await self._offers.counted()

    async def offer(self, code: str, unit: str) -> Offer | None:
        """Offered now; None when not, or when the unit does not exist any more or is suspended."""
        found = await self._offers.get(code, unit)
        return found if found is not None and found.offered and self._tree.active(unit) else None

    async def offer_near(self, code: str, division: str) -> Offer | None:
        """Where who lives there goes ("your unit"): the offering unit nearest up the tree."""
        return (await self.offers_near([code], division)).get(code)

    async def offers_near(self, codes: Collection[str], division: str) -> dict[str, Offer]:
        """As `offer_near`, for many items in one query."""
        near = await self._offers.nearest(codes, division) if division else {}
        return {code: offer for code, offer in near.items() if self._tree.active(offer.unit)}

    async def division_of(self, viewer: Viewer) -> str | None:
        """Where the citizen lives whom it is about; None when nobody is signed in, or it is not known."""
        if viewer.role is not Role.CITIZEN or viewer.subject is None:
            return None
        found = await self._citizens.get(viewer.subject)
        return found.division if found else None

    async def offers(self, code: str, request: PageRequest) -> Page[Offer]:
        """Every unit that offers it, by the unit's code, which is the cursor."""
        return await self._offers.of_item(code, request)

    async def units_of(self, codes: Collection[str]) -> dict[str, tuple[str, ...]]:
        """The offering units of each item. Their codes are the tree's own strings: each is in memory once."""
        found = await self._offers.units_of(codes)
        return {item: tuple(self._shared(unit) for unit in units) for item, units in found.items()}

    def changed(self, row: Document) -> None:
        """A row of `service_items` that some process wrote."""
        self.forget(row["code"])

    def forget(self, code: str) -> None:
        self._changes += 1
        self._current.pop(code, None)
        self._counts = None

    def forget_all(self) -> None:
        self._changes += 1
        self._current.clear()
        self._counts = None

    async def reload(self) -> None:
        self.forget_all()

    def _shared(self, unit: str) -> str:
        node = self._tree.get(unit)
        return node.code if node else unit


def _counts(counted: list[tuple[Category, Depth, int, int]]) -> Counts:
    categories, visits, online = Counter[Category](), Counter[int](), 0
    for category, depth, needed, count in counted:
        categories[category] += count
        visits[needed] += count
        online += count if depth is not Depth.INFORMATION else 0
    return Counts(categories.total(), dict(categories), dict(visits), online)
