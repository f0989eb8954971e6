"""A process that looks at cases as a worker does: to be killed by the test that started it."""

from __future__ import annotations

import asyncio

from app.settings import Settings
from app.wiring import build


async def main() -> None:
    city = build(Settings())
    await city.start(follow=False)
    while True:
        await city.services.voice.time.look()
        await asyncio.sleep(0.01)


asyncio.run(main())
