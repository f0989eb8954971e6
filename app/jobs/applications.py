"""Applications as days pass: what becomes due and overdue, and drafts that nobody goes on with."""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def look_at_applications(city: City) -> None:
    done = await city.services.government.keeping.look()
    if done.seen:
        log.info(
            "applications looked at",
            seen=done.seen,
            overdue=done.overdue,
            drafts_warned=done.warned,
            drafts_dropped=done.dropped,
        )
