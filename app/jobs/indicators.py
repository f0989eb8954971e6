"""Indicators as time passes: changed cases are counted each minute, and hot spots are looked for each morning."""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def count_cases(city: City) -> None:
    folded = await city.services.voice.indicators.counting.fold()
    if folded:
        log.info("cases counted", changed=folded)


async def look_for_hot_spots(city: City) -> None:
    """What is new is told to ops: as a line in the log, and as a figure on the desk's first page."""
    findings = await city.services.voice.indicators.hotspots.look()
    await city.tallies.gauge("case_hotspots", len(findings.spots))
    for spot in findings.spots:
        if spot.since == findings.day:
            log.warning("hot spot", district=spot.district, category=spot.category, count=spot.count, usual=spot.usual)
