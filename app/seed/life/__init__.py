"""My life as it is seeded, one file a noun."""

from __future__ import annotations

from app.seed.demo import Demo, Progress
from app.seed.life.culture import seed_culture
from app.seed.life.health import seed_health
from app.seed.life.home import seed_home
from app.seed.life.places import seed_places
from app.seed.life.surroundings import seed_surroundings
from app.seed.life.transit import seed_transit
from app.wiring import City


async def seed_life(city: City, demo: Demo, say: Progress, *, small: bool = False) -> None:
    """Each noun's part, in the order in which they need each other. All of it can be repeated."""
    await seed_home(city, say)
    await seed_places(city, say, small=small)
    await seed_transit(city, say)
    await seed_culture(city, demo, say)
    await seed_health(city, say)
    await seed_surroundings(city, demo, say)
