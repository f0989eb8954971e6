"""Disputes as time passes: who is to answer is reminded, and who lets a deadline go by has to bear it."""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def look_at_disputes(city: City) -> None:
    if changed := await city.services.payment.dispute_decisions.look():
        log.info("disputes looked at", changed=changed)
