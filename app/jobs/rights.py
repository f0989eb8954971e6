"""A citizen's right, as time passes: who has thought it over is erased, and old archives are deleted."""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def carry_out_erasures(city: City) -> None:
    if count := await city.services.erasures.run_due():
        log.info("erasures carried out", steps=count)


async def drop_old_exports(city: City) -> None:
    if count := await city.services.exports.drop_old():
        log.info("exports deleted", count=count)
