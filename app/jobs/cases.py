"""Cases as time passes: marks of their clocks, pauses that end, days set from above, and words that nobody gives."""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def look_at_cases(city: City) -> None:
    done = await city.services.voice.time.look()
    if done.seen:
        log.info(
            "cases looked at",
            seen=done.seen,
            warned=done.warned,
            overdue=done.overdue,
            raised=done.raised,
            resumed=done.resumed,
            unconfirmed=done.unconfirmed,
        )


async def recount_cases(city: City) -> None:
    if moved := await city.services.voice.time.recount():
        log.info("cases counted anew", moved=moved)
