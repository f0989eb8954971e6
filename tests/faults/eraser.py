"""A process that carries out erasures as a worker does: to be killed by the test that started it."""

from __future__ import annotations

import asyncio

from app.settings import Settings
from app.wiring import build


async def main() -> None:
    city = build(Settings())
    await city.start(follow=False)
    while True:
        await city.services.erasures.run_due()
        await asyncio.sleep(0.05)


asyncio.run(main())
