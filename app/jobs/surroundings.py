"""Readings of air and water, who is told of them, and severe weather; places of emergency calls that are forgotten."""

from __future__ import annotations

import structlog

from app.bridges.surroundings import WeatherCrier
from app.wiring import City

log = structlog.get_logger()


async def look_around(city: City) -> None:
    """Ask the feed, and tell who watches: those too for whom another day began."""
    rooms = city.services.life.surroundings
    await rooms.readings.append()
    taken = await rooms.readings.pull()
    told = await rooms.watches.look()
    if taken and (taken.new or taken.revised or taken.refused):
        log.info("readings taken", new=taken.new, revised=taken.revised, refused=taken.refused, told=told)


async def look_at_weather(city: City) -> None:
    weather = city.services.life.surroundings.weather
    changed = await weather.pull()
    if told := await weather.tell(WeatherCrier(city.services.broadcasts)):
        log.info("weather told", notices=told, changed=changed)


async def forget_emergency_places(city: City) -> None:
    if gone := await city.services.community.emergencies.forget_places():
        log.info("emergency places forgotten", places=gone)
