"""Places, buses and the air around one, on the phone before a city in real processes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BytesIO

import pytest
from playwright.async_api import Page, expect

from app.domains.life.directory.hours.notation import parsed_hours
from tests.support.api import OPS
from tests.support.browser import Browser, needs_browser
from tests.support.gtfs import TOWN, feed
from tests.support.places import HERE, north, place
from tests.support.processes import CityProcesses
from tests.support.remote import Town
from tests.support.surroundings import station
from tests.support.walking import phone_before

pytestmark = [needs_browser, pytest.mark.timeout(300), pytest.mark.faults]
_PHARMACIES = 25


@dataclass
class Street:
    town: Town
    phone: Browser

    @property
    def page(self) -> Page:
        return self.phone.page


async def _furnished(town: Town) -> None:
    """Pharmacies that never close and one that is never open, a school, a station of the air, buses for years."""
    always = parsed_hours("24/7")
    for n in range(_PHARMACIES):
        await place(town.city, f"第{n}药房", point=north(20 * n + 5), hours=always)
    await place(town.city, "歇业药房", point=north(3), hours=parsed_hours("Mo-Su off"))
    await place(town.city, "榕树小学", kind="primary_school", point=north(900), hours=always)
    await station(town.city, point=HERE)
    weeks = TOWN["calendar.txt"].replace("20261231", "20991231")
    file = feed(calendar=weeks)
    await town.city.services.life.transit.feeds.run(OPS, lambda: BytesIO(file))


@pytest.fixture
async def street(processes: CityProcesses, town: Town) -> AsyncIterator[Street]:
    await _furnished(town)
    async with phone_before(processes) as phone:
        yield Street(town, phone)


async def test_what_is_near_is_found_kept_and_watched(street: Street) -> None:
    page = street.page
    await street.phone.holds(await street.town.with_card())

    await street.phone.goes("places?q=买药")
    rows = page.locator("a.row")
    await expect(rows).to_have_count(20)
    await page.get_by_role("button", name="Show more").click()
    await expect(rows).to_have_count(_PHARMACIES)
    await expect(page.get_by_text("歇业药房")).to_have_count(0)
    await page.get_by_role("button", name="Open now").click()
    await page.get_by_role("button", name="Show more").click()
    await expect(page.get_by_text("歇业药房")).to_be_visible()

    await street.phone.goes("transit")
    await page.get_by_label("Search stops and lines").fill("1003")
    await page.get_by_role("link", name="Gate, East").click()
    await expect(page.get_by_text("1路").first).to_be_visible()
    await page.get_by_role("button", name="Keep at hand").click()
    await expect(page.get_by_role("button", name="Keep it no more")).to_be_visible()
    await street.phone.goes("transit")
    await expect(page.get_by_role("link", name="Gate, East")).to_be_visible()

    await street.phone.goes("surroundings")
    await page.get_by_label("Name").fill("孩子的学校")
    await page.get_by_label("Or another place").fill("小学")
    await page.get_by_role("button", name="Find it").click()
    await page.get_by_role("button", name="Here", exact=True).click()
    await expect(page.get_by_text("孩子的学校")).to_be_visible()
    assert (street.phone.foreign, street.phone.faults) == ([], [])
