"""Bills on the phone, before a city in real processes: an account bound, bills paid, a receipt opened and checked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from app.domains.payment.bills.billers.model import Biller
from app.domains.payment.bills.pushing.model import ToldLine
from app.domains.payment.ledger.model import GATEWAY, wallet
from tests.support.billing import HOLDER, a_biller, pushed, told
from tests.support.browser import Browser, needs_browser
from tests.support.paying import put_on
from tests.support.processes import CityProcesses
from tests.support.remote import Resident, Town
from tests.support.walking import phone_before

pytestmark = [needs_browser, pytest.mark.timeout(300), pytest.mark.faults]


@dataclass
class Household:
    town: Town
    phone: Browser
    biller: Biller

    @property
    def page(self) -> Page:
        return self.phone.page

    async def open(self, screen: str, heading: str) -> None:
        await self.page.goto(f"{self.phone.url}/app#/{screen}")
        await expect(self.page.get_by_role("heading", name=heading, exact=True).first).to_be_visible()

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=name, exact=True).click()

    async def sees(self, text: str) -> None:
        await expect(self.page.get_by_text(text).first).to_be_visible()


@pytest.fixture
async def household(processes: CityProcesses, town: Town) -> AsyncIterator[Household]:
    biller = await a_biller(town.city)
    later, lines = told().due + timedelta(days=1), (ToldLine(told().reason, "60.00"),)
    part = told("B-2", part_allowed=True, least="20.00", due=later, lines=lines)
    await pushed(town.city, biller, told("B-1"), part)
    async with phone_before(processes) as phone:
        yield Household(town, phone, biller)


async def test_a_household_binds_pays_and_keeps_its_receipts(household: Household) -> None:
    await household.phone.holds(await _payer(household))
    page = household.page

    await household.open("bind-account", "Bind an account")
    await page.get_by_label("Account number").fill("12345678")
    await page.get_by_label("Holder's name").fill("somebody else")
    await page.get_by_label("Your own word for it").fill("My daughter's school")
    await household.press("Bind it")
    await household.sees("There is no such account")
    await page.get_by_label("Holder's name").fill(HOLDER)
    await household.press("Bind it")

    await household.sees("¥188.50")
    await page.get_by_role("link", name="After-school care of the month").nth(1).click()
    await household.sees("May be paid in parts of 20.00 yuan or more")
    await page.get_by_label("Amount (all when empty)").fill("10")
    await household.press("Pay")
    await household.sees("A part is 20.00 yuan or more.")
    await page.get_by_label("Amount (all when empty)").fill("20")
    await household.press("Pay")
    await expect(page.get_by_role("heading", name="Receipt", exact=True)).to_be_visible()

    await household.open("bills", "Bills")
    for box in await page.get_by_role("checkbox").all():
        await box.check()
    await household.sees("2 bills, ¥168.50")
    await household.press("Pay")
    await expect(page.get_by_role("heading", name="Receipts", exact=True)).to_be_visible()
    await expect(page.get_by_role("link", name="林小满")).to_have_count(3)
    await page.get_by_role("link", name="林小满").first.click()
    await household.sees("After-school care of the month")
    checked = await page.get_by_role("link", name="Where it is checked").get_attribute("href")

    await household.open("biller-accounts", "Accounts")
    await page.get_by_role("link", name="My daughter's school").click()
    await page.get_by_label("Cap for each, in yuan").fill("200")
    await household.press("Allow it")
    await household.sees("¥200.00")
    await household.press("End it")
    await expect(page.get_by_role("button", name="Allow it")).to_be_visible()
    await household.open("bills?over=1", "Bills that are over")
    await page.goto(f"{household.phone.url}{checked}?lang=en")
    await household.sees("The receipt is genuine.")
    assert (household.phone.foreign, household.phone.faults) == ([], [])


async def _payer(household: Household) -> Resident:
    person = await household.town.with_card()
    ledger = household.town.city.services.payment.ledger
    for account in (GATEWAY, wallet(person.id)):
        await ledger.open(account)
    await put_on(household.town.city, person.id, 500_00)
    return person
