"""A process that takes a scheduled slot and never finishes it: to be killed by the test that started it."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, timedelta

from app.jobs.slots import Slots
from app.settings import Settings
from app.wiring import build


async def main() -> None:
    job, slot, lease = sys.argv[1], datetime.fromisoformat(sys.argv[2]), float(sys.argv[3])
    city = build(Settings())

    async def hold() -> None:
        await city.db["counters"].update_one({"_id": job}, {"$inc": {"begun": 1}}, upsert=True)
        await asyncio.sleep(600)

    await Slots(city.db, city.clock).run_once(job, slot, hold, timedelta(seconds=lease))


asyncio.run(main())
