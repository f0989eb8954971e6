"""What departments say they have from us, compared with what we say."""

from __future__ import annotations

from app.wiring import City


async def compare_departments(city: City) -> None:
    await city.services.government.reconciling.run()
