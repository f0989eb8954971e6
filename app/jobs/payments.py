"""Payments that wait: what nobody confirmed lapses, and what a process died upon is finished."""

from __future__ import annotations

from app.wiring import City


async def sweep_payments(city: City) -> None:
    await city.services.payment.payments.sweep()
