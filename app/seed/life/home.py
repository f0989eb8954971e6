"""The everyday scenes of the home page."""

from __future__ import annotations

from app.core.said import Said
from app.domains.life.home.model import Entry, Scene
from app.seed.demo import SEEDER, Progress
from app.wiring import City
from mocks.life import seed_scenes


async def seed_home(city: City, say: Progress) -> None:
    scenes, known = city.services.life.home.scenes, {one.code for one in city.services.life.home.scenes.all}
    for place, one in enumerate(seed_scenes(), 1):
        entries = tuple(Entry(Said(zh, en), to) for zh, en, to in one.entries)
        if one.code not in known:
            await scenes.put(SEEDER, Scene(one.code, Said(*one.name), place, entries))
    say(f"{len(seed_scenes())} scenes on the home page")
