"""Where the divisions of the seeded city lie, roughly."""

from __future__ import annotations

import json

from app.seed.demo import SEEDER, Progress
from app.wiring import City
from mocks.boundaries import boundaries


async def seed_places(city: City, say: Progress) -> None:
    """Of those divisions that are there."""
    if len(city.services.voice.places.shapes):
        return
    whole, known = json.loads(boundaries()), city.services.organisations.tree.nodes
    whole["features"] = [one for one in whole["features"] if one["properties"]["code"] in known]
    if whole["features"]:
        done = await city.services.voice.places.take(SEEDER, json.dumps(whole).encode())
        say(f"{done} boundaries of divisions")
