"""Orders that move by themselves, votes that are over, check-ins that were missed, visits nobody answered."""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def move_shop_orders(city: City) -> None:
    if moved := await city.services.community.together.shopping.ending.sweep():
        log.info("shop orders moved", orders=moved)


async def return_parcels(city: City) -> None:
    if moved := await city.services.community.together.shopping.returns.sweep():
        log.info("parcels told of or returned", parcels=moved)


async def count_votes(city: City) -> None:
    """And whoever lives there is told of what was opened, is over or was taken back, or closes without his home."""
    if counted := await city.services.community.together.voting.closing.sweep():
        log.info("votes counted", votes=counted)
    if told := await city.services.community.together.voting.telling.look():
        log.info("votes told", people=told)
    if told := await city.services.community.together.voting.reminders.look():
        log.info("voters reminded", people=told)


async def lapse_family_visits(city: City) -> None:
    if lapsed := await city.services.community.together.visiting.keeping.sweep():
        log.info("family visits lapsed", visits=lapsed)
    if told := await city.services.community.together.visiting.reminders.look():
        log.info("family visits told of", visits=told)


async def look_after(city: City) -> None:
    if told := await city.services.community.together.caring.escalation.sweep():
        log.info("missed check-ins told", steps=told)
