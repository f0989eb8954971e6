"""The code to pay by on the phone, before a city in real processes: a till charges it, a large sum is asked for."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Page, expect

from app.core.ids import new_id
from app.domains.payment.ledger.model import FEES, GATEWAY, wallet
from tests.support.api import OPS
from tests.support.browser import Browser, needs_browser
from tests.support.paying import put_on
from tests.support.processes import CityProcesses
from tests.support.remote import Door, Resident, Town, door
from tests.support.tills import PIN, SCOPES, merchant_of
from tests.support.walking import phone_before

pytestmark = [needs_browser, pytest.mark.timeout(300), pytest.mark.faults]


@dataclass
class Shop:
    """A payer's phone, and the till of a merchant, by HTTP."""

    town: Town
    phone: Browser
    door: Door
    token: str

    @property
    def page(self) -> Page:
        return self.phone.page

    async def collect(self, code: str, amount: str) -> Any:
        said = {"code": code, "amount": {"amount": amount}, "order": f"S-{new_id()[-8:]}", "key": new_id()}
        return await self.door.data("CollectPayment", self.token, "provider", **said)


@pytest.fixture
async def shop(processes: CityProcesses, town: Town) -> AsyncIterator[Shop]:
    merchant = await merchant_of(town.city)
    async with phone_before(processes) as phone:
        till = door(phone.url)
        yield Shop(town, phone, till, await _token(town, till, merchant))
        await till.http.aclose()


async def test_a_till_charges_what_the_phone_shows_and_a_large_sum_is_asked_for(shop: Shop) -> None:
    person = await _payer(shop)
    await shop.phone.holds(person)
    await _chooses_a_pin(shop)

    code = await _shown(shop)
    assert (await shop.collect(code, "12.50"))["__typename"] == "PaymentCollected"
    await expect(shop.page.get_by_text("¥12.50", exact=True)).to_be_visible()

    waits = await shop.collect(await _shown(shop), "1200.00")
    assert waits["order"]["waitingForConfirmation"] is True
    await expect(shop.page.get_by_role("heading", name="Please confirm this payment")).to_be_visible()
    await shop.page.get_by_label("Payment PIN").first.fill(PIN)
    await shop.page.get_by_role("button", name="Pay it").click()
    await expect(shop.page.get_by_text("¥1,200.00", exact=True)).to_be_visible()
    assert (shop.phone.foreign, shop.phone.faults) == ([], [])


async def _token(town: Town, till: Door, merchant: str) -> str:
    made = await town.city.services.clients.create(OPS, merchant, "till", SCOPES)
    auth = (made.client, made.secret)
    answer = await till.http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=auth)
    return str(answer.json()["access_token"])


async def _payer(shop: Shop) -> Resident:
    person = await shop.town.with_card()
    ledger = shop.town.city.services.payment.ledger
    for account in (GATEWAY, FEES, wallet(person.id)):
        await ledger.open(account)
    await put_on(shop.town.city, person.id, 2_000_00)
    return person


async def _chooses_a_pin(shop: Shop) -> None:
    await shop.phone.goes("pay-pin")
    fields = shop.page.locator("input[type=password]")
    await fields.nth(0).fill(PIN)
    await fields.nth(1).fill(PIN)
    await shop.page.get_by_role("button", name="Choose").click()
    await expect(shop.page.get_by_role("heading", name="Change it")).to_be_visible()


async def _shown(shop: Shop) -> str:
    """The digits on the screen, of a code that was just made."""
    await shop.phone.goes("wallet")
    await shop.phone.goes("pay-code")
    digits = shop.page.locator(".digits")
    await digits.wait_for()
    for picture in ("Bars", "Pay code"):
        drawn = shop.page.get_by_alt_text(picture)
        assert await drawn.evaluate("one => one.decode().then(() => one.naturalWidth > 0)")
    await expect(shop.page.get_by_role("timer")).to_have_text(re.compile(r"^\d:\d\d$"))
    return "".join((await digits.inner_text()).split())
