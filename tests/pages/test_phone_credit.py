"""Credit on the phone, before a city in real processes: a score with its reasons, treated first, repaid, appealed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Page, expect

from app.core.ids import new_id
from app.domains.identity.organisations.model import Kind, Organisation
from app.domains.payment.ledger.model import FEES, GATEWAY, wallet
from tests.support.api import OPS
from tests.support.browser import Browser, needs_browser
from tests.support.credit_walk import HOSPITAL_SCOPES, bill, yuan
from tests.support.paying import put_on
from tests.support.processes import CityProcesses
from tests.support.remote import Door, Resident, Town, door
from tests.support.walking import phone_before

pytestmark = [needs_browser, pytest.mark.timeout(300), pytest.mark.faults]


@dataclass
class Ward:
    """A patient's phone, and a hospital, by HTTP."""

    town: Town
    phone: Browser
    door: Door
    token: str

    @property
    def page(self) -> Page:
        return self.phone.page

    async def open(self, screen: str, heading: str) -> None:
        await self.page.goto(f"{self.phone.url}/app#/{screen}")
        await expect(self.page.get_by_role("heading", name=heading, exact=True).first).to_be_visible()

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=name).click()

    async def hospital(self, operation: str, **given: Any) -> Any:
        return await self.door.data(operation, self.token, "provider", key=new_id(), **given)


@pytest.fixture
async def ward(processes: CityProcesses, town: Town) -> AsyncIterator[Ward]:
    made = Organisation("hospital", "榕城第一医院", Kind.HOSPITAL, scopes=frozenset(HOSPITAL_SCOPES))
    await town.city.services.organisations.put(OPS, made)
    async with phone_before(processes) as phone:
        desk = door(phone.url)
        yield Ward(town, phone, desk, await _token(town, desk))
        await desk.http.aclose()


async def test_somebody_is_treated_first_and_repays_on_his_phone(ward: Ward) -> None:
    person = await _patient(ward)
    await ward.phone.holds(person)

    await ward.open("credit", "Citizen credit")
    await ward.press("I agree: count my score")
    await expect(ward.page.get_by_text("660", exact=True)).to_be_visible()
    await expect(ward.page.get_by_text("One more bill on time: +18")).to_be_visible()
    await ward.press("I agree: open it")
    await expect(ward.page.get_by_role("heading", name="Credit line", exact=True)).to_be_visible()

    treatment = await _asked(ward, person)
    await ward.open(f"treatment/{treatment}", "榕城第一医院")
    await ward.press("Confirm: treat me first")
    await expect(ward.page.get_by_text("Held", exact=True)).to_be_visible()
    charged = await ward.hospital("ChargeTreatment", treatment=treatment, bill=bill("80", "35.40"))
    assert charged["__typename"] == "TreatmentChanged"

    await ward.open("credit-dues", "Repay")
    await expect(ward.page.get_by_text("¥115.40").first).to_be_visible()
    await ward.page.get_by_label("How much (yuan)").fill("115.41")
    await ward.press("From the wallet")
    await expect(ward.page.get_by_text("You owe ¥115.40 in all: please repay no more than that.")).to_be_visible()
    await ward.page.get_by_label("How much (yuan)").fill("115.40")
    await ward.press("From the wallet")
    await expect(ward.page.get_by_text("Nothing is owed.")).to_be_visible()

    await ward.open("credit-appeals", "Appeals")
    await ward.page.get_by_label("Why").fill("I was ill on that day")
    await ward.press("Send the appeal")
    await expect(ward.page.get_by_text("Waits", exact=True)).to_be_visible()
    for screen, heading in (("treatments", "Treat first, pay later"), ("credit-history", "How the score went")):
        await ward.open(screen, heading)
    assert (ward.phone.foreign, ward.phone.faults) == ([], [])


async def _token(town: Town, desk: Door) -> str:
    made = await town.city.services.clients.create(OPS, "hospital", "desk", HOSPITAL_SCOPES)
    auth = (made.client, made.secret)
    answer = await desk.http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=auth)
    return str(answer.json()["access_token"])


async def _patient(ward: Ward) -> Resident:
    person = await ward.town.with_card()
    ledger = ward.town.city.services.payment.ledger
    for account in (GATEWAY, FEES, wallet(person.id)):
        await ledger.open(account)
    await put_on(ward.town.city, person.id, 200_00)
    return person


async def _asked(ward: Ward, person: Resident) -> str:
    shown = await ward.door.data("ShowCode", person.token, purpose="HOSPITAL", key=new_id())
    said = {"code": shown["cardCode"]["text"], "reference": "V-1", "about": "门诊", "estimate": yuan("200")}
    asked = await ward.hospital("AuthoriseTreatment", **said)
    assert asked["__typename"] == "TreatmentAsked", asked
    return str(asked["treatment"]["id"])
