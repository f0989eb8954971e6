"""Files that belong to nothing go after a day."""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def drop_unclaimed_uploads(city: City) -> None:
    while count := await city.services.uploads.drop_due():
        log.info("uploads dropped", count=count)
