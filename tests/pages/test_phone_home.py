"""The home page on the phone, in a real browser: signed out, for oneself, and what waits for a ward."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import expect

from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.mongo import Tx
from app.core.said import Said
from app.domains.identity.guardians.model import Guardianship, GuardianshipState, WardScope
from app.domains.identity.guardians.store import GuardianshipStore
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.life.health.follow_ups.model import FollowUpKind, Plan
from app.domains.life.health.follow_ups.store import PlanStore
from app.domains.life.home.model import Entry, Scene
from tests.support.browser import needs_browser
from tests.support.processes import CityProcesses
from tests.support.remote import OPS, Resident, Town, stranger
from tests.support.walking import Walk, phone_before

pytestmark = [needs_browser, pytest.mark.timeout(300), pytest.mark.faults]
_CENTRE = "walked-centre"


@pytest.fixture
async def walk(processes: CityProcesses, town: Town) -> AsyncIterator[Walk]:
    await town.city.services.organisations.put(OPS, Organisation(_CENTRE, "走访中心", Kind.HOSPITAL))
    entries = (Entry(Said("空气", "Air"), "/surroundings"), Entry(Said("证照", "Licences"), "/licences"))
    await town.city.services.life.home.scenes.put(OPS, Scene("daily", Said("日常", "Every day"), 1, entries))
    async with phone_before(processes) as phone:
        yield Walk(town, phone, processes.stand_ins)


async def test_a_guardian_comes_home_and_sees_to_what_waits_for_his_ward(walk: Walk) -> None:
    guardian, ward = await walk.town.with_card(), await walk.town.account(stranger("测试父亲"))
    await _acts_for(walk.town, guardian, ward)
    await _sees_what_is_open(walk)
    await _signs_in(walk, guardian)
    await _opens_what_waits_for(walk, ward)
    assert (walk.phone.foreign, walk.phone.faults) == ([], [])


async def _acts_for(town: Town, guardian: Resident, ward: Resident) -> None:
    now = town.city.clock.now()
    today, scopes = civil_day(now), frozenset({WardScope.HEALTH_READ})
    held = Guardianship(
        *(new_id(), guardian.id, ward.id, "child", scopes, GuardianshipState.ACTIVE),
        *(today + timedelta(days=30), now),
    )
    plan = Plan(new_id(), ward.id, _CENTRE, new_id(), FollowUpKind.BLOOD_PRESSURE, 90, today + timedelta(days=2), now)

    async def work(tx: Tx) -> None:
        await GuardianshipStore(town.city.db).add(held, tx)
        await PlanStore(town.city.db).add(plan, tx)

    await town.city.db.transaction(work)


async def _sees_what_is_open(walk: Walk) -> None:
    page = walk.page
    await page.goto(f"{walk.phone.url}/app")
    await expect(page.get_by_text("Sign in, and this is your home")).to_be_visible()
    await expect(page.get_by_role("link", name="Air")).to_be_visible()
    await expect(page.get_by_role("link", name="Licences")).to_have_count(0)


async def _signs_in(walk: Walk, person: Resident) -> None:
    page = walk.page
    await page.get_by_text("Sign in, and this is your home").click()
    await page.get_by_label("Phone number").fill(person.phone)
    await page.get_by_role("button", name="Send me a code").click()
    code = page.get_by_label("Code", exact=True)
    await code.wait_for()
    await code.fill(await walk.code_of(person))
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("link", name="Licences")).to_be_visible()


async def _opens_what_waits_for(walk: Walk, ward: Resident) -> None:
    page, apart = walk.page, walk.page.get_by_role("region", name=f"For {ward.name}")
    await expect(page.get_by_text("All done: nothing waits for you.")).to_be_visible()
    await expect(apart).to_contain_text("your parent")
    await apart.get_by_role("link", name="Blood pressure check").click()
    told = page.locator("#for")
    await expect(told).to_contain_text(f"For {ward.name}")
    await expect(page.locator("#screen:not([aria-busy]) .alarm")).to_have_count(0)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await told.get_by_role("link", name="Back to myself").click()
    await expect(told).to_have_text("")
    await expect(apart).to_be_visible()
