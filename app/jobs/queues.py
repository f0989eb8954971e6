"""Queues whose day is over are closed."""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def close_queues(city: City) -> None:
    if count := await city.services.appointments.closings.close_what_is_over():
        log.info("queues closed", left_over=count)
