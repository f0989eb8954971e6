"""The seeded city has a past: its figures say something, and seeding again adds nothing."""

from __future__ import annotations

from app.domains.identity.organisations.model import Kind, Level, Organisation
from app.domains.voice.cases.history.model import OPEN
from app.domains.voice.figures.indicators.definitions import DEFINITIONS
from app.domains.voice.figures.indicators.model import Figure
from app.seed.demo import SEEDER
from app.seed.voice.categories import seed_categories
from app.seed.voice.indicators import seed_indicators
from app.seed.voice.places import seed_places
from app.wiring import City


async def test_a_past_is_seeded_once_and_counted(city: City) -> None:
    scopes = frozenset({"cases"})
    for code, name, level, parent in (
        ("350100000000", "福州市", Level.CITY, None),
        ("350102000000", "鼓楼区", Level.COUNTY, "350100000000"),
        ("350103000000", "台江区", Level.COUNTY, "350100000000"),
    ):
        node = Organisation(code, name, Kind.GOVERNMENT, level, parent, scopes=scopes)
        await city.services.organisations.put(SEEDER, node)
    said: list[str] = []
    await seed_categories(city, said.append)
    await seed_places(city, said.append)
    for _ in range(2):
        await seed_indicators(city, said.append, small=True)

    assert await city.db["cases"].count_documents({}) == 46
    assert await city.db["cases"].count_documents({"state": {"$in": [one.value for one in OPEN]}}) == 6
    assert await city.db["cases"].count_documents({"citizen": {"$exists": True}}) == 0
    indicators = city.services.voice.indicators
    board = await indicators.reading.board(indicators.reading.now(8))
    assert Figure.of(DEFINITIONS["filed"], board.sums).top == 46
    assert 0.5 < (Figure.of(DEFINITIONS["satisfied"], board.sums).value or 0) <= 1
    assert await indicators.counting.differences() == []
    assert await indicators.hotspots.latest() is not None
