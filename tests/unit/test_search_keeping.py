"""The keeper of the search index outlives whatever fails: it tries again, and what changed meanwhile is not lost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field

import pytest

from app.core.mongo import DatabaseFault
from app.domains.government.catalogue.model import Item
from app.domains.government.search.keeping.service import IndexKeeper
from app.domains.government.search.keeping.synonyms import SynonymsFile
from app.domains.identity.organisations.model import Tree


@dataclass
class Shaky:
    """A catalogue of nothing, and a popularity of nothing: each look fails as often as there are `faults` left."""

    faults: list[Exception] = field(default_factory=list)
    looks: int = 0

    async def every_item(self) -> AsyncIterator[Item]:
        self.looks += 1
        if self.faults:
            raise self.faults.pop(0)
        nothing: list[Item] = []
        for item in nothing:
            yield item

    async def items(self, codes: Collection[str]) -> dict[str, Item]:
        return {}

    async def units_of(self, codes: Collection[str]) -> dict[str, tuple[str, ...]]:
        return {}

    async def weights(self) -> Mapping[str, float]:
        return {}

    async def flush(self) -> None:
        pass


@pytest.mark.parametrize("fault", [KeyError("units"), RuntimeError("a thread"), DatabaseFault("away")], ids=repr)
async def test_the_index_is_built_although_the_first_try_failed(fault: Exception) -> None:
    shaky = Shaky([fault])
    keeper = IndexKeeper(shaky, Tree(), SynonymsFile(None), shaky)
    try:
        assert await keeper.index() is await keeper.index()
        assert shaky.looks == 2
    finally:
        await keeper.close()
