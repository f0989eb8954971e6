"""The categories of the seeded city."""

from __future__ import annotations

from app.core.said import Said
from app.domains.voice.cases.categories.model import Category
from app.domains.voice.cases.history.model import CaseKind
from app.seed.demo import SEEDER, Progress
from app.wiring import City
from mocks.case_categories import case_categories


async def seed_categories(city: City, say: Progress) -> None:
    service = city.services.voice.categories
    if service.tree.nodes:
        return
    made = [
        Category(
            code=one.code,
            name=Said(one.zh, one.en),
            parent=one.parent,
            kinds=tuple(CaseKind(kind) for kind in one.kinds),
            words=one.words,
            convenience=one.convenience,
            urgent=one.urgent,
            assets=one.assets,
        )
        for one in case_categories()
    ]
    await service.take(SEEDER, made)
    say(f"{len(made)} categories of cases")
