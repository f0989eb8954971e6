"""Credit as days pass: what is due is reminded of, scores are counted anew, treatments end that nobody went on with."""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def look_at_dues(city: City) -> None:
    done = await city.services.payment.credit.dues.look()
    if done.reminded or done.overdue or done.frozen:
        log.info("credit dues looked at", reminded=done.reminded, overdue=done.overdue, frozen=done.frozen)


async def count_scores(city: City) -> None:
    if counted := await city.services.payment.credit.scores.count_month():
        log.info("credit scores counted", scores=counted)


async def sweep_treatments(city: City) -> None:
    if ended := await city.services.payment.treatments.sweep():
        log.info("treatments ended", treatments=ended)
