"""Versions of the timetable that are no longer in use."""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def tidy_feeds(city: City) -> None:
    """What an import that was killed left behind, and what is out of force for days."""
    if gone := await city.services.life.transit.feeds.tidy():
        log.info("feeds tidied", versions=gone)
