"""The index over the catalogue: what an item is found by, and what of it changed. How it is kept true is the same for
all indexes (`app.core.texts.keeping`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from typing import Protocol

from app.core.mongo import Document
from app.core.said import UNSAID
from app.core.texts import Reader, Text
from app.core.texts.keeping import IndexKeeping
from app.domains.government.catalogue.model import Item
from app.domains.government.catalogue.reach import division_of
from app.domains.government.search.keeping.synonyms import SynonymsFile
from app.domains.government.search.model import Places, document, places_of
from app.domains.identity.organisations.model import Tree

_AT_ONCE = 40  # items whose units are asked for at once: the answer is some thousands of codes


class Catalogue(Protocol):
    """What the index is made from."""

    def every_item(self) -> AsyncIterator[Item]: ...

    async def items(self, codes: Collection[str]) -> dict[str, Item]: ...

    async def units_of(self, codes: Collection[str]) -> dict[str, tuple[str, ...]]: ...


class Popularity(Protocol):
    async def weights(self) -> Mapping[str, float]:
        """From 0 to 1, of items whose views were counted; others go by what they say themselves."""

    async def flush(self) -> None: ...


class IndexKeeper(IndexKeeping):
    name = "search index"

    def __init__(self, catalogue: Catalogue, tree: Tree, synonyms: SynonymsFile, popularity: Popularity) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._tree = tree
        self._synonyms = synonyms
        self._popularity = popularity
        self._weights: dict[str, float] = {}
        self._places: dict[tuple[str, ...], Places] = {}

    def item_changed(self, row: Document) -> None:
        self.note(row["code"])

    def offer_changed(self, row: Document) -> None:
        self.note(row["item"])

    def weight_changed(self, row: Document) -> None:
        self._weights[row["_id"]] = row["weight"]
        self.note(row["_id"])

    def reader(self) -> Reader:
        return Reader(self._synonyms.read())

    async def looked(self) -> bool:
        """The file of synonyms says itself that it was written."""
        written = await asyncio.to_thread(self._synonyms.changed)
        await self._popularity.flush()
        return written

    async def every(self) -> AsyncIterator[list[Text]]:
        self._weights = dict(await self._popularity.weights())
        batch: list[Item] = []
        async for item in self._catalogue.every_item():
            batch.append(item)
            if len(batch) == _AT_ONCE:
                yield await self._documents(batch)
                batch = []
        yield await self._documents(batch)

    async def current(self, keys: Collection[str]) -> AsyncIterator[list[Text]]:
        shown = [item for item in (await self._catalogue.items(keys)).values() if item.shown]
        for start in range(0, len(shown), _AT_ONCE):
            yield await self._documents(shown[start : start + _AT_ONCE])

    async def _documents(self, items: list[Item]) -> list[Text]:
        units = await self._catalogue.units_of([item.code for item in items]) if items else {}
        return [self._document(item, units.get(item.code, ())) for item in items]

    def _document(self, item: Item, units: tuple[str, ...]) -> Text:
        owner = self._tree.name_of(item.owner) or UNSAID
        weight = self._weights.get(item.code, item.popularity / 100)
        return document(item, owner, self._places_of(tuple(sorted(units))), weight)

    def _places_of(self, units: tuple[str, ...]) -> Places:
        """Many items are offered at the very same units: such a set is kept once."""
        if units not in self._places:
            if len(self._places) > 1_000:
                self._places.clear()
            self._places[units] = places_of(units, {division_of(self._tree, unit) for unit in units})
        return self._places[units]
