"""How much the items of the catalogue are asked for, weighed anew."""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def weigh_items(city: City) -> None:
    """By the views of the last thirty days; each process hears of the weights that moved."""
    if moved := await city.services.government.popularity.fold():
        log.info("items weighed", moved=moved)
