"""Votes, check-ins and visits of relatives in the phone app, in a real browser: a home votes and changes its voice; the
care list is joined, checked into, paused and left; a house is answered, a relative named, a visit asked for and taken
back.
"""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from app.core.clock import civil_day
from app.core.ids import new_id
from app.domains.community.family_visits.stays.model import Kinship
from tests.community.test_votes_and_care import opened
from tests.pages.test_phone_estate import _goes
from tests.support.browser import needs_browser
from tests.support.estates import grounds, moved_in, named
from tests.support.family_visits import House, house_of
from tests.support.walking import Walk

pytestmark = [needs_browser, pytest.mark.timeout(300), pytest.mark.faults]
_KIN = Kinship.CHILD


async def test_a_home_votes_an_elder_checks_in_and_a_visit_is_asked_for(walk: Walk) -> None:
    person, city = await walk.town.with_card(), walk.town.city
    where, house = await grounds(city), await house_of(city)
    await moved_in(city, where, person.id)
    await opened(city, where, secret=False, changeable=True)
    await walk.signs_in(person)
    walk.page.on("dialog", lambda dialog: dialog.accept())
    await _votes(walk)
    await _checks_in(walk)
    await _is_visited(walk, house, person.phone)
    await _visits(walk, house, person.phone)
    assert (walk.phone.foreign, walk.phone.faults) == ([], [])


async def _votes(walk: Walk) -> None:
    page = walk.page
    await _goes(walk, "votes")
    await page.get_by_text("是否增设充电桩").click()
    await page.get_by_role("button", name="Vote", exact=True).click()
    await expect(page.get_by_text("Choose one first.")).to_be_visible()
    for number, button in ((0, "Vote"), (1, "Change it")):
        await page.locator("input[type=radio]").nth(number).check()
        await page.get_by_role("button", name=button, exact=True).click()
        await expect(page.get_by_text(f"Chosen: {('增设', '不增设')[number]}", exact=True)).to_be_visible()


async def _checks_in(walk: Walk) -> None:
    page = walk.page
    await _goes(walk, "care")
    await page.get_by_label("Whom to call").fill("陈女士")
    await page.get_by_role("button", name="Join", exact=True).click()
    await expect(page.get_by_text("This cannot be said of care: contact.")).to_be_visible()
    await page.get_by_label("The contact's phone").fill("13900001234")
    await page.get_by_role("button", name="Join", exact=True).click()
    await page.get_by_role("button", name="I am well").click()
    await expect(page.get_by_text("Last:")).to_be_visible()
    await page.get_by_role("button", name="Pause").click()
    await expect(page.get_by_text("Paused: In hospital")).to_be_visible()
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_role("button", name="Leave the list").click()
    await expect(page.get_by_role("button", name="Join", exact=True)).to_be_visible()


async def _is_visited(walk: Walk, house: House, phone: str) -> None:
    """The house asks; whoever stays there names somebody, and takes it back."""
    page, other = walk.page, await walk.town.with_card()
    await house.ours.stays.propose(house.keeper, house.code, phone, "302 室 1 床", new_id())
    await _goes(walk, "family-visits")
    await page.get_by_role("button", name="Yes, I stay there").click()
    await page.get_by_label("Phone of somebody").fill(other.phone)
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_role("button", name="Remove")).to_be_visible()
    await page.get_by_role("button", name="Remove").click()
    await expect(page.get_by_text("Nobody is named yet.")).to_be_visible()


async def _visits(walk: Walk, house: House, phone: str) -> None:
    page, other = walk.page, await walk.town.with_card()
    asked = await house.ours.stays.propose(house.keeper, house.code, other.phone, "305 室", new_id())
    await house.ours.stays.answer(named(other.id), asked.stay.id, True, new_id())
    await house.ours.stays.name(named(other.id), asked.stay.id, phone, _KIN, new_id())
    await _goes(walk, "family-visits")
    await page.get_by_role("link", name=other.name).click()
    await page.get_by_label("Day").fill(civil_day(house.time(24)).isoformat())
    await page.locator("input[type=radio]:enabled").first.check()
    await page.get_by_role("button", name="Ask", exact=True).click()
    await expect(page.get_by_text("To be answered")).to_be_visible()
    await page.get_by_role("button", name="Take it back").click()
    await expect(page.get_by_text("Taken back", exact=True)).to_be_visible()
