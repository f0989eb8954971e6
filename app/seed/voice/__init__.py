"""My voice as it is seeded: categories, boundaries, rules, assets, cases of every state; one file a noun."""

from __future__ import annotations

from app.seed.demo import Demo, Progress
from app.seed.voice.assets import seed_assets, seed_patrols
from app.seed.voice.categories import seed_categories
from app.seed.voice.channels import seed_channels
from app.seed.voice.conversations import seed_conversations
from app.seed.voice.dispatch import seed_dispatch, seed_units
from app.seed.voice.indicators import seed_indicators
from app.seed.voice.open311 import seed_neighbours, seed_open311
from app.seed.voice.places import seed_places
from app.wiring import City


async def seed_voice(city: City, demo: Demo, say: Progress, *, small: bool = False) -> None:
    """Each noun's part, in the order in which they need each other. All of it can be repeated."""
    await seed_units(city, demo, say)
    await seed_categories(city, say)
    await seed_places(city, say)
    await seed_assets(city, say)
    await seed_patrols(city, demo, say)
    await seed_dispatch(city, say)
    await seed_channels(city, say)
    await seed_open311(city, demo, say)
    await seed_neighbours(city, say)
    await seed_conversations(city, say)
    await seed_indicators(city, say, small=small)
