"""What stays open at the payment gateway: asked for again, and asked about."""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def look_at_gateway(city: City) -> None:
    payment = city.services.payment
    seen = {
        "orders": await payment.orders.sweep(),
        "refunds": await payment.gateway_refunds.sweep(),
        "payouts": await payment.payouts.sweep(),
    }
    if any(seen.values()):
        log.info("the payment gateway was asked", **seen)
