"""A process that imports one version of a timetable after the other, to be killed by the test that started it."""

from __future__ import annotations

import asyncio
import itertools
from io import BytesIO

from app.core.errors import Outcome
from app.core.viewer import Role, Viewer
from app.settings import Settings
from app.wiring import build
from tests.support.gtfs import TOWN, feed

OPS = Viewer(role=Role.OPS, actor="importer", roles=frozenset({"administrator"}))
VERSIONS = [feed(routes=TOWN["routes.txt"].replace("1路,东街口", f"{n}号,东街口")) for n in range(7)]


async def main() -> None:
    city = build(Settings())
    await city.start(follow=False)
    for n in itertools.count():
        try:
            await city.services.life.transit.feeds.run(OPS, lambda n=n: BytesIO(VERSIONS[n % 7]))
        except Outcome:  # the one that was killed before it has not been given up yet
            await asyncio.sleep(0.01)


if __name__ == "__main__":
    asyncio.run(main())
