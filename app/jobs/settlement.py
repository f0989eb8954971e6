"""What is paid out to payees, and what the gateway's files say: each night, of the days that are over."""

from __future__ import annotations

from app.wiring import City


async def settle_payees(city: City) -> None:
    await city.services.payment.settlement.settling.run()


async def compare_gateway_days(city: City) -> None:
    await city.services.payment.settlement.comparison.run()
