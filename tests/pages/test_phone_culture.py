"""What is on, waiting for a ticket, and the ticket in the wallet, on the phone before a city in real processes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import cast

import pytest
from playwright.async_api import Page, Route, expect

from app.core.ids import new_id
from tests.support.api import Api
from tests.support.browser import Browser, needs_browser
from tests.support.culture import Put, house_of
from tests.support.paying import holder
from tests.support.processes import CityProcesses
from tests.support.remote import Town
from tests.support.walking import phone_before

pytestmark = [needs_browser, pytest.mark.timeout(300), pytest.mark.faults]


@dataclass
class Evening:
    """`put` has one place in all, which `owner` holds."""

    town: Town
    phone: Browser
    put: Put
    owner: str
    bought: str

    @property
    def page(self) -> Page:
        return self.phone.page


@pytest.fixture
async def evening(processes: CityProcesses, town: Town) -> AsyncIterator[Evening]:
    put, owner = await (await house_of(cast(Api, town))).event(room=1, return_hours=0), new_id()
    bought = await put.taken(owner)
    async with phone_before(processes) as phone:
        yield Evening(town, phone, put, owner, bought.id)


async def test_what_is_sold_out_is_waited_for_taken_and_shown(evening: Evening) -> None:
    page = evening.page
    await evening.phone.holds(await evening.town.with_card())
    await evening.phone.goes("events")
    await page.get_by_label("Search events").fill("京剧")
    await page.get_by_label("Search events").press("Enter")
    await expect(page.get_by_text("Nothing like that is on.")).to_be_visible()
    await page.get_by_label("Search events").fill("night")
    await page.get_by_label("Search events").press("Enter")
    await page.get_by_role("link", name="A night").click()
    await page.get_by_role("link", name="Test theatre").click()
    await expect(page.get_by_text("Sold out.")).to_be_visible()
    await page.get_by_role("button", name="Wait for tickets").click()
    await expect(page.get_by_text("You will be told when it is your turn.")).to_be_visible()

    tickets = evening.town.city.services.life.culture.tickets
    await tickets.give_back(holder(evening.owner), evening.bought, (), new_id())
    await evening.phone.goes("event-tickets")
    await page.get_by_role("link", name="Kept for you").click()
    await page.get_by_role("button", name="Take them").click()
    await expect(page.get_by_role("button", name="Show", exact=True)).to_be_visible()

    await evening.phone.goes("licences")
    await page.get_by_role("link", name="A night").click()
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.get_by_role("img", name="Ticket code")).to_be_visible()
    assert (evening.phone.foreign, evening.phone.faults) == ([], [])


async def test_one_s_reading_list_is_there_though_the_library_is_silent(evening: Evening) -> None:
    page, phone = evening.page, evening.phone
    await phone.holds(await evening.town.with_card())
    operations = await (await page.request.get(f"{phone.url}/app/operations.json")).json()
    names = {document: name for name, document in operations.items()}
    silent = {"errors": [{"message": "It does not answer.", "extensions": {"code": "UNAVAILABLE"}}]}

    async def answered(route: Route) -> None:
        name = names.get((route.request.post_data_json or {}).get("documentId"), "")
        if name == "HasLibrary":
            await route.fulfill(json={"data": {"hasLibrary": True}})
        elif name.startswith("Library"):
            await route.fulfill(json=silent)
        else:
            await route.continue_()

    await page.route("**/graphql", answered)
    await phone.goes("library?q=桃花源记")
    await expect(page.get_by_text("It does not answer.")).to_have_count(2)
    await page.get_by_label("Add a title").fill("桃花源记")
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_text("桃花源记", exact=True)).to_be_visible()
    assert (phone.foreign, phone.faults) == ([], [])
