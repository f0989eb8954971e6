"""A process that seals anew what an older key sealed: to be killed by the test that started it."""

from __future__ import annotations

import asyncio

from app.settings import Settings
from app.wiring import build


async def main() -> None:
    city = build(Settings())
    await city.data_keys.load()
    await city.resealing.run()


asyncio.run(main())
