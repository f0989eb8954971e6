"""How things stand, looked at every fifteen seconds by each worker and kept as gauges for the desk's charts."""

from __future__ import annotations

from app.jobs.loops import Loop
from app.wiring import City

_EVERY = 15.0


def sampling(city: City) -> Loop:
    async def round_() -> int:
        await city.dashboards.sample()
        return 0

    return Loop("gauges", round_, idle=_EVERY)
