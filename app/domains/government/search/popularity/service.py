"""Counting what is looked at, and the weights that the search orders by."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Protocol

from app.core.clock import CITY_TIME, Clock
from app.domains.government.catalogue.model import Item
from app.domains.government.search.popularity.model import COUNTED_FOR, LEAST_CHANGE, weights_of
from app.domains.government.search.popularity.store import UseStore, WeightStore


class Catalogue(Protocol):
    def every_item(self) -> AsyncIterator[Item]: ...


class PopularityService:
    def __init__(self, uses: UseStore, kept: WeightStore, catalogue: Catalogue, clock: Clock) -> None:
        self._uses = uses
        self._kept = kept
        self._catalogue = catalogue
        self._clock = clock
        self._views = Counter[str]()

    def seen(self, code: str) -> None:
        """Somebody looked at this item; told to the database by `flush`."""
        self._views[code] += 1

    async def flush(self) -> None:
        """What could not be written is lost: a count of views is worth no repeat."""
        if self._views:
            views, self._views = self._views, Counter()
            now = self._clock.now()
            await self._uses.add(now.astimezone(CITY_TIME).date(), now, views)

    async def weights(self) -> Mapping[str, float]:
        return await self._kept.all()

    async def fold(self) -> int:
        """Weigh all items anew; how many weights moved. A job's work."""
        first = (self._clock.now() - COUNTED_FOR).astimezone(CITY_TIME).date()
        counted, before = await self._uses.since(first), await self._kept.all()
        said = {item.code: item.popularity / 100 async for item in self._catalogue.every_item()}
        moved = 0
        for code, weight in weights_of(said, counted).items():
            if abs(weight - before.get(code, said[code])) >= LEAST_CHANGE:
                await self._kept.save(code, weight)
                moved += 1
        return moved
