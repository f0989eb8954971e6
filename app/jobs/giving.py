"""Points that end, red packets that nobody opened, rides that are owed."""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def end_points(city: City) -> None:
    done = await city.services.payment.points.expiry.look()
    if done.lots:
        log.info("points looked at", lots=done.lots, told=done.told, ended=done.ended)


async def lapse_packets(city: City) -> None:
    if went := await city.services.payment.packets.lapsing.look():
        log.info("red packets returned", packets=went)


async def collect_rides(city: City) -> None:
    if paid := await city.services.payment.rides.debts.look():
        log.info("rides collected", rides=paid)
