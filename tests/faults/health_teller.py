"""A process that tells of contracts that end and of follow-ups that are due, as a worker does: to be killed by the test
that started it.
"""

from __future__ import annotations

import asyncio

from app.settings import Settings
from app.wiring import build


async def main() -> None:
    city = build(Settings())
    await city.start(follow=False)
    while True:
        await city.services.appointments.contract_endings.tell()
        await city.services.life.health.follow_ups.remind()
        await city.services.life.health.follow_ups.note_missed()
        await city.services.appointments.contract_endings.end_lapsed()
        await asyncio.sleep(0.05)


asyncio.run(main())
