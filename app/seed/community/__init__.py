"""The community as it is seeded, one file a noun."""

from __future__ import annotations

from app.seed.community.care import seed_care
from app.seed.community.estates import seed_estates
from app.seed.community.family_visits import seed_family_visits
from app.seed.community.shops import seed_shops
from app.seed.community.volunteers import seed_volunteers
from app.seed.community.votes import seed_votes
from app.seed.demo import Demo, Progress
from app.wiring import City


async def seed_community(city: City, demo: Demo, say: Progress, *, small: bool = False) -> None:
    """Each noun's part, in the order in which they need each other. All of it can be repeated."""
    await seed_estates(city, demo, say, small=small)
    await seed_volunteers(city, demo, say)
    await seed_shops(city, demo, say)
    await seed_votes(city, say)
    await seed_care(city, demo, say)
    await seed_family_visits(city, demo, say)
