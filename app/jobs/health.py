"""Health, as time passes: people are reminded of follow-ups, and certificates of vaccination kept up to date."""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def follow_up(city: City) -> None:
    follow_ups = city.services.life.health.follow_ups
    reminded, missed = await follow_ups.remind(), await follow_ups.note_missed()
    if reminded or missed:
        log.info("follow-ups told of", due=reminded, missed=missed)


async def renew_certificates(city: City) -> None:
    if count := await city.services.life.health.certificates.renew_due():
        log.info("vaccination certificates renewed", count=count)
