"""Health on the phone, in a real browser: a doctor by department, a family doctor signed with and left, follow-ups, and
a record that the hospitals do not have.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.said import Said
from app.core.viewer import Assurance, Role, Viewer
from app.domains.appointments.contracts.model import Member, MemberRole, Package, Team
from app.domains.appointments.times.slots.model import Slot, slot_id
from app.domains.appointments.times.slots.store import SlotStore
from app.domains.appointments.times.venues.model import Place, Resource, ResourceKind, Service, Venue, VenueKind
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.life.health.follow_ups.model import FollowUpKind
from tests.support.browser import needs_browser
from tests.support.processes import CityProcesses
from tests.support.remote import OPS, Resident, Town
from tests.support.walking import Walk, phone_before

pytestmark = [needs_browser, pytest.mark.timeout(300), pytest.mark.faults]
_HOUSE = "walked-hospital"
_CLERK = Viewer(Role.PROVIDER_CLIENT, actor="walk", organisation=_HOUSE, scopes=frozenset({"appointments", "health"}))


@pytest.fixture
async def walk(processes: CityProcesses, town: Town) -> AsyncIterator[Walk]:
    await _hospital(town)
    processes.worker()
    async with phone_before(processes) as phone:
        yield Walk(town, phone, processes.stand_ins)


async def _hospital(town: Town) -> None:
    """Two doctors of one department, of whom one has a time; a team with two packages and a nurse."""
    rooms, scopes = town.city.services.appointments, frozenset({"appointments", "health"})
    await town.city.services.organisations.put(OPS, Organisation(_HOUSE, "走访医院", Kind.HOSPITAL, scopes=scopes))
    house = f"{_HOUSE}.house"
    venue = Venue(
        house, _HOUSE, VenueKind.HOSPITAL, Said("走访医院", "Walked hospital"), Said("路"), Place(26.08, 119.3)
    )
    await rooms.venues.save_venue(_CLERK, venue, new_id())
    doctors = [f"{_HOUSE}.doctor-{n}" for n in range(2)]
    for n, one in enumerate(doctors):
        named = (one, house, _HOUSE, ResourceKind.DOCTOR, Said(f"医生{n}", f"Doctor {n}"))
        await rooms.venues.save_resource(_CLERK, Resource(*named, department=Said("内科", "Internal")), new_id())
    seen = Service(f"{_HOUSE}.seen", house, _HOUSE, Said("门诊", "Seeing"), tuple(doctors))
    await rooms.venues.save_service(_CLERK, seen, new_id())
    starts = town.city.clock.now().replace(microsecond=0) + timedelta(hours=30)
    times = (starts, starts + timedelta(minutes=15), starts - timedelta(days=14))
    slot = Slot(slot_id(doctors[0], starts), doctors[0], house, civil_day(starts), *times, capacity=1, free=1)
    await SlotStore(town.city.db).make([slot])
    team = Team(
        *(f"{_HOUSE}.team", house, _HOUSE, Said("第一团队", "First team"), tuple(doctors)),
        packages=(Package("basic", Said("基础包", "Basic")), Package("more", Said("慢病包", "Chronic"), fee=12_000)),
        members=(Member("nurse", Said("王护士", "Wang"), MemberRole.NURSE, follows_up=True),),
    )
    await rooms.contracts.save_team(_CLERK, team, new_id())


async def test_health_from_the_first_look_to_the_end_of_a_contract(walk: Walk) -> None:
    person = await walk.town.with_card()
    await _signs_in(walk, person)
    await _finds_a_doctor(walk)
    await _signs_with_a_team(walk)
    await _is_followed_up(walk, person)
    await _is_told_that_nobody_knows_him(walk)
    await _ends_the_contract(walk)
    assert (walk.phone.foreign, walk.phone.faults) == ([], [])


async def _signs_in(walk: Walk, person: Resident) -> None:
    page = walk.page
    await page.goto(f"{walk.phone.url}/app#/sign-in")
    await page.get_by_label("Phone number").fill(person.phone)
    await page.get_by_role("button", name="Send me a code").click()
    code = page.get_by_label("Code", exact=True)
    await code.wait_for()
    await code.fill(await walk.code_of(person))
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(code).to_have_count(0)
    await page.locator("#screen:not([aria-busy])").wait_for()
    page.on("dialog", lambda dialog: dialog.accept())


async def _goes(walk: Walk, address: str) -> Page:
    await walk.page.goto(f"{walk.phone.url}/app#{address}")
    screen = walk.page.locator("#screen:not([aria-busy])")
    await screen.wait_for()
    await expect(screen.locator(".alarm")).to_have_count(0)
    assert await walk.page.evaluate("document.documentElement.scrollWidth") <= 390, address
    return walk.page


async def _finds_a_doctor(walk: Walk) -> None:
    page = await _goes(walk, "/venues?kind=HOSPITAL")
    await page.get_by_role("link", name="Walked hospital").click()
    await page.get_by_role("link", name="Find a doctor by department").click()
    await page.get_by_role("link", name="Internal").click()
    await expect(page.get_by_role("heading", name="Doctor 1")).to_be_visible()
    await expect(page.get_by_text("No time is free")).to_have_count(1)
    await page.get_by_role("button", name=re.compile("1 left")).click()
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_text("Can be moved or cancelled until")).to_be_visible()


async def _signs_with_a_team(walk: Walk) -> None:
    page = await _goes(walk, "/health")
    await page.get_by_role("link", name="Choose a team and sign").click()
    await page.get_by_role("link", name=re.compile("First team")).click()
    await page.get_by_role("radio", name=re.compile("Chronic")).check()
    await page.get_by_role("button", name="Sign", exact=True).click()
    await expect(page.get_by_text("In force").first).to_be_visible()
    await expect(page.get_by_text(re.compile("Wang Nurse"))).to_be_visible()
    await expect(page.get_by_text("Can be renewed from")).to_be_visible()


async def _is_followed_up(walk: Walk, person: Resident) -> None:
    services, citizen = walk.town.city.services, _as(person)
    found = await services.appointments.contracts.mine(citizen)
    assert found is not None
    rooms, today = services.life.health.follow_ups, civil_day(walk.town.city.clock.now())
    plan = await rooms.plan(_CLERK, found[0].id, FollowUpKind.BLOOD_PRESSURE, 90, today, new_id())
    await rooms.enter(_CLERK, plan.id, "血压 128/80", new_id())
    page = await _goes(walk, "/health")
    await page.get_by_role("link", name=re.compile("Blood pressure")).click()
    await expect(page.get_by_text("血压 128/80")).to_be_visible()


async def _is_told_that_nobody_knows_him(walk: Walk) -> None:
    """The stand-in hospitals have no record of who is made for a test: it is said in words, and nothing is shown."""
    page = await _goes(walk, "/health-record")
    await page.get_by_role("button", name="Ask the hospitals").click()
    await expect(page.get_by_role("alert").filter(has_text=re.compile("."))).to_be_visible()


async def _ends_the_contract(walk: Walk) -> None:
    page = await _goes(walk, "/family-doctor")
    await page.get_by_role("button", name="End the contract").click()
    await expect(page.get_by_role("heading", name="Choose a team")).to_be_visible()
    await _goes(walk, "/health")
    await expect(page.get_by_text("Ended")).to_be_visible()


def _as(person: Resident) -> Viewer:
    return Viewer(Role.CITIZEN, actor=person.id, subject=person.id, assurance=Assurance.REAL_NAME)
