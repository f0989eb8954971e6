"""What a city needs so that the centre can make cases of emergency calls."""

from __future__ import annotations

from app.bridges.emergencies import CATEGORY
from app.core.ids import new_id
from app.core.said import Said
from app.domains.voice.cases.categories.model import Category
from app.domains.voice.cases.history.model import CaseKind
from app.wiring import City
from tests.support.api import OPS
from tests.support.cases import categorised


async def emergency_category(city: City) -> None:
    await categorised(city)
    categories = city.services.voice.categories
    if categories.tree.get(CATEGORY) is None:
        said = Said("一键求助", "Emergency call")
        await categories.save(OPS, Category(CATEGORY, said, "streets", (CaseKind.HELP,), urgent=True), new_id())
