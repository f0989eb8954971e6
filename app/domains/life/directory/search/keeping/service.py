"""The index of places: built by each process that is searched, and following what changes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection

from app.core.mongo import Document
from app.core.places.model import Point
from app.core.texts import Reader, Text
from app.core.texts.keeping import IndexKeeping
from app.domains.life.directory.places.model import Place
from app.domains.life.directory.places.store import PlaceStore
from app.domains.life.directory.search.model import document, synonyms


class PlaceIndex(IndexKeeping):
    """`points`: where what is found lies."""

    name = "index of places"

    def __init__(self, places: PlaceStore) -> None:
        super().__init__()
        self._places = places
        self.points: dict[str, Point] = {}

    def place_changed(self, row: Document) -> None:
        self.note(row["_id"])

    def reader(self) -> Reader:
        return Reader(synonyms())

    async def every(self) -> AsyncIterator[list[Text]]:
        async for places in self._places.every():
            yield self._documents(places)

    async def current(self, keys: Collection[str]) -> AsyncIterator[list[Text]]:
        found = await self._places.many(keys)
        yield self._documents([place for place in found.values() if place.active])

    def _documents(self, places: list[Place]) -> list[Text]:
        self.points |= {place.id: place.point for place in places}
        return [document(place) for place in places]
