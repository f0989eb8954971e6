"""What walks through a browser have in common: a town with stand-ins, in the end all stopped; a phone before it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
from playwright.async_api import Page, expect

from tests.support.browser import Browser, browser
from tests.support.processes import CityProcesses
from tests.support.remote import Resident, Town

_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")


@asynccontextmanager
async def town_of(processes: CityProcesses) -> AsyncIterator[Town]:
    """Its stand-ins run; an API is started when there is in the town what it reads at its start."""
    town = Town(processes.settings())
    try:
        await processes.mocks()
        await town.start()
        yield town
    finally:
        await town.stop()
        await processes.stop()


@asynccontextmanager
async def phone_before(processes: CityProcesses) -> AsyncIterator[Browser]:
    """A phone, before an API that is started for it."""
    api = await processes.api()
    async with browser(api.url, width=390, height=844) as phone:
        yield phone


@dataclass
class Walk:
    """Somebody with a phone before a town; at its stand-ins (`mocks`) it is read what he was texted."""

    town: Town
    phone: Browser
    mocks: str

    @property
    def page(self) -> Page:
        return self.phone.page

    async def code_of(self, person: Resident) -> str:
        async with httpx2.AsyncClient(base_url=self.mocks, trust_env=False) as http:
            sent = await http.get("/control/sms/messages", params={"to": person.phone})
        found = _CODE.findall(sent.json()["messages"][-1]["text"])
        return str(found[0])

    async def signs_in(self, person: Resident) -> None:
        """With a wrong code first."""
        page = self.page
        await self.phone.goes("sign-in")
        await page.get_by_label("Phone number").fill(person.phone)
        await page.get_by_role("button", name="Send me a code").click()
        code = page.get_by_label("Code", exact=True)
        await code.wait_for()
        right = await self.code_of(person)
        await code.fill(f"{(int(right) + 1) % 1_000_000:06d}")
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await expect(page.get_by_role("alert").filter(has_text=re.compile("."))).to_be_visible()
        await code.fill(right)
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await expect(page.get_by_role("heading", name=re.compile("^Good "))).to_be_visible()
        await expect(page.get_by_alt_text(re.compile("^Virtual citizen card"))).to_be_visible()
