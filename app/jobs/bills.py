"""Bills as days pass: billers asked, people reminded, what is paid by itself announced and paid."""

from __future__ import annotations

import structlog

from app.wiring import City

log = structlog.get_logger()


async def ask_billers(city: City) -> None:
    bills = city.services.payment.bills
    for biller in await bills.billers.active():
        if biller.asked and (asked := await bills.asking.ask_about(biller)):
            log.info("biller asked", biller=biller.id, accounts=asked)


async def remind_of_bills(city: City) -> None:
    if told := await city.services.payment.bills.reminding.day():
        log.info("reminded of bills", people=told)


async def pay_by_itself(city: City) -> None:
    done = await city.services.payment.bills.auto_pay.day()
    if done.announced or done.paid or done.refused:
        log.info("auto-pay", announced=done.announced, paid=done.paid, refused=done.refused)
