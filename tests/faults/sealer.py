"""A process that seals the audit as fast as it can, to be killed by the test that started it."""

from __future__ import annotations

import asyncio

from app.settings import Settings
from app.wiring import build


async def main() -> None:
    city = build(Settings())
    await city.start(follow=False)
    while True:
        if not await city.audit_chain.seal():
            await asyncio.sleep(0.01)


asyncio.run(main())
