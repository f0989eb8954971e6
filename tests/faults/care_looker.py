"""A process that looks after check-ins as a worker does: to be killed by the test that started it."""

from __future__ import annotations

import asyncio

from app.settings import Settings
from app.wiring import build


async def main() -> None:
    city = build(Settings())
    await city.start(follow=False)
    while True:
        await city.services.community.together.caring.escalation.sweep()
        await asyncio.sleep(0.01)


asyncio.run(main())
