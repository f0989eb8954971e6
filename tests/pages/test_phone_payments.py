"""What was paid, on the phone, before a city in real processes: a refund is seen, a payment contested, and decided."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Page, expect

from app.core.ids import new_id
from app.core.money import Money
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.payment.ledger.model import FEES, GATEWAY, wallet
from app.domains.payment.payments.model import Payee, PayeeKind, Payment
from app.domains.payment.refunds.model import RefundReason
from graphql_schema.types.common import global_id
from tests.support.api import OPS
from tests.support.browser import Browser, needs_browser
from tests.support.paying import holder, keeper, lies_on, pay, put_on
from tests.support.processes import CityProcesses
from tests.support.remote import Resident, Town
from tests.support.walking import phone_before

pytestmark = [needs_browser, pytest.mark.timeout(300), pytest.mark.faults]
SHOP = Payee(PayeeKind.MERCHANT, "corner-shop")


@dataclass
class Purse:
    town: Town
    phone: Browser
    person: Resident

    @property
    def page(self) -> Page:
        return self.phone.page

    async def open(self, screen: str, heading: str) -> None:
        await self.page.goto(f"{self.phone.url}/app#/{screen}")
        await expect(self.page.get_by_role("heading", name=heading, exact=True).first).to_be_visible()

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=name).click()


@pytest.fixture
async def purse(processes: CityProcesses, town: Town) -> AsyncIterator[Purse]:
    made = Organisation(SHOP.id, "街角小店", Kind.MERCHANT)
    await town.city.services.organisations.put(OPS, made)
    person, ledger = await town.with_card(), town.city.services.payment.ledger
    for account in (GATEWAY, FEES, wallet(person.id)):
        await ledger.open(account)
    await put_on(town.city, person.id, 5_000)
    async with phone_before(processes) as phone:
        yield Purse(town, phone, person)


async def test_a_payment_is_refunded_in_part_contested_and_replied_to(purse: Purse) -> None:
    payment, service = await _paid_and_partly_back(purse), purse.town.city.services.payment
    await purse.phone.holds(purse.person)

    await purse.open("payments", "What I paid")
    await expect(purse.page.get_by_text("Partly back")).to_be_visible()
    await purse.open(f"payment/{global_id('Payment', payment.id)}", "街角小店")
    await expect(purse.page.get_by_text("From who was paid")).to_be_visible()
    await purse.page.get_by_text("Contest this payment").click()
    await purse.page.get_by_label("What happened").fill("It was broken when I opened it.")
    await purse.press("Send it")
    await purse.page.get_by_text("Not received").first.click()
    await expect(purse.page.get_by_text("They may answer")).to_be_visible()

    page = await service.disputes.of_payments(holder(purse.person.id), [payment.id])
    await service.dispute_answers.answer(keeper(SHOP.id), page[0].id, "We showed it to you.", [], new_id())
    await purse.page.reload()
    await purse.page.get_by_role("textbox").fill("Only the box.")
    await purse.press("Send")
    await expect(purse.page.get_by_text("To be decided")).to_be_visible()
    await service.dispute_decisions.decide(OPS, page[0].id, Money(1_000), "The box says nothing.", new_id())
    await purse.page.reload()
    await expect(purse.page.get_by_text("Upheld: given back")).to_be_visible()
    assert await lies_on(purse.town.city, wallet(purse.person.id)) == 5_000 - 2_000 + 500 + 1_000
    assert (purse.phone.foreign, purse.phone.faults) == ([], [])


async def _paid_and_partly_back(purse: Purse) -> Payment:
    payment = await pay(purse.town.city, purse.person.id, 2_000, SHOP)
    asking = purse.town.city.services.payment.refund_asking
    await asking.by_payee(keeper(SHOP.id), payment.id, Money(500), RefundReason.WRONG_AMOUNT, new_id())
    return payment
