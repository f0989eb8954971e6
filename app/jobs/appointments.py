"""Appointments, as time passes: times are made, people reminded, absences noted, payments settled."""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def make_slots(city: City) -> None:
    made = await city.services.appointments.slots.make_all()
    await city.services.appointments.waiting.drop_over()
    await city.services.appointments.contract_endings.end_lapsed()
    if made:
        log.info("slots made", count=made)


async def tell_of_ending_contracts(city: City) -> None:
    if count := await city.services.appointments.contract_endings.tell():
        log.info("contracts with family doctors end soon", told=count)


async def remind(city: City) -> None:
    await city.services.appointments.sweep.remind()


async def note_absent(city: City) -> None:
    if count := await city.services.appointments.sweep.note_absent():
        log.info("absences noted", count=count)


async def settle_payments(city: City) -> None:
    payments = city.services.appointments.payments
    settled, given_back = await payments.settle_due(), await payments.give_back_owed()
    if settled or given_back:
        log.info("payments settled", booked=settled, given_back=given_back)
