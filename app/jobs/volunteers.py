"""Hours that were confirmed and not published yet, points that waited, wishes that were not done in time."""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def publish_hours(city: City) -> None:
    ours = city.services.community.volunteering
    published, given = await ours.hours.look(), await ours.thanking.look()
    if published or given:
        log.info("hours of volunteers", published=published, thanked=given)


async def lapse_wishes(city: City) -> None:
    if count := await city.services.community.volunteering.wish_steps.lapse():
        log.info("micro-wishes whose days were over", wishes=count)
