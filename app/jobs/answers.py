"""Answers that nobody has reviewed for a year are counted, for the desk's charts."""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def count_overdue_answers(city: City) -> None:
    shown, overdue = await city.services.government.entries.counts()
    await city.tallies.gauge("answers_overdue", overdue)
    if overdue:
        log.info("answers overdue for review", overdue=overdue, of=shown)
