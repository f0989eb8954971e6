"""Places that were not paid in time, who waits for them, what cancelled events owe; tickets for tomorrow, due loans."""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def free_places(city: City) -> None:
    if lapsed := await city.services.life.culture.ending.sweep():
        log.info("tickets lapsed", purchases=lapsed)


async def run_for_holders(city: City) -> None:
    if done := await city.services.life.culture.ending.round():
        log.info("ticket holders dealt with", purchases=done)


async def pass_tickets_on(city: City) -> None:
    if done := await city.services.life.culture.passing.sweep():
        log.info("waiting lists moved", places=done)


async def remind_of_tickets(city: City) -> None:
    if told := await city.services.life.culture.reminders.look():
        log.info("ticket holders reminded", purchases=told)


async def remind_of_loans(city: City) -> None:
    if told := await city.services.life.culture.loan_reminders.look():
        log.info("readers reminded", people=told)
