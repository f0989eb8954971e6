"""The buses of the city, imported as any operator's are."""

from __future__ import annotations

from io import BytesIO

from app.seed.demo import SEEDER, Progress
from app.wiring import City
from mocks.bus_lines import feed


async def seed_transit(city: City, say: Progress) -> None:
    """The same feed again changes nothing; another that is in force stays."""
    feeds = city.services.life.transit.feeds
    pointer, _ = await feeds.versions()
    if pointer is None:
        done = await feeds.run(SEEDER, lambda: BytesIO(feed()))
        assert done.report.summary is not None
        say(f"buses: {done.report.summary.routes} lines, {done.report.summary.stops} stops")
