"""Estates: urgent notices are told, repairs of which a term has passed go to the city's centre, and what gates wrote
down is kept no longer than the estate has settled.
"""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def tell_of_estates(city: City) -> None:
    if told := await city.services.community.neighbourhood.keeping.telling.look():
        log.info("estate notices told", people=told)


async def forget_parked_cars(city: City) -> None:
    if gone := await city.services.community.neighbourhood.gates.parking.forget():
        log.info("visitors' cars that left unseen", cars=gone)


async def forget_gate_logs(city: City) -> None:
    if gone := await city.services.community.neighbourhood.gates.log.forget():
        log.info("lines of gates forgotten", lines=gone)


async def hand_over_repairs(city: City) -> None:
    if given := await city.services.community.neighbourhood.keeping.handing.look():
        log.info("repairs handed over", repairs=given)
