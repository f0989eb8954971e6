"""The night's settlement as a process of its own, to be killed in the middle of it: its clock is a day ahead."""

from __future__ import annotations

import asyncio
import sys
from datetime import date

from app.settings import Settings
from app.wiring import build
from tests.support.fakes import MovableClock


async def main() -> None:
    clock = MovableClock()
    clock.advance(days=1)
    city = build(Settings(), clock=clock)
    await city.start(follow=False, prepared=True)
    day = date.fromisoformat(sys.argv[1])
    while True:
        await city.services.payment.settlement.settling.settle(day)


if __name__ == "__main__":
    asyncio.run(main())
