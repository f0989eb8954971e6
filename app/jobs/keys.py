"""Keys rotate by the calendar, and what older data keys sealed is sealed anew."""

from __future__ import annotations

from datetime import timedelta

import structlog

from app.wiring import City

log = structlog.get_logger()
_AT_A_TIME = timedelta(minutes=5)


async def rotate_keys(city: City) -> None:
    """The next data key and the next signing keys, of those whose newest is old enough."""
    made = await city.rotation.rotate_old()
    log.info("keys rotated", keys=[key.id for key in made])


async def reseal(city: City) -> None:
    """Seal anew what older keys sealed, for some minutes; the next run goes on. A key with nothing left goes."""
    done = await city.resealing.run(within=_AT_A_TIME)
    if done.rows or done.destroyed or done.stuck:
        log.info("sealed anew", values=done.rows, destroyed=done.destroyed, stuck=done.stuck)
