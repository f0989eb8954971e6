"""The console in a real browser, before a city in real processes: a day at the desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pyotp
import pytest
from playwright.async_api import Page, expect

from app.core.ids import new_id
from app.domains.identity.staff.model import StaffRole
from tests.support.applicants import credit_code
from tests.support.browser import Browser, browser, needs_browser
from tests.support.processes import CityProcesses
from tests.support.remote import OPS, Door, Resident, Town, door
from tests.support.walking import town_of

pytestmark = [needs_browser, pytest.mark.timeout(400), pytest.mark.faults]
PASSWORD = "a password of the desk"
PEOPLE = 40


@dataclass
class Walk:
    town: Town
    door: Door
    desk: Browser

    @property
    def page(self) -> Page:
        return self.desk.page

    async def goes(self, path: str) -> None:
        await self.page.goto(self.desk.url + path)

    async def does(self, action: str, /, **said: str) -> None:
        """Open the dialog of that name, fill it in, and send it."""
        await self.page.get_by_role("button", name=action, exact=True).first.click()
        dialog = self.page.locator("dialog[open]")
        for name, value in said.items():
            entry = dialog.locator(f"[name={name}]")
            if await entry.first.evaluate("e => e.tagName") == "SELECT":
                await entry.select_option(value)
            elif await entry.first.get_attribute("type") == "checkbox":
                await dialog.locator(f"[name={name}][value='{value}']").check()
            else:
                await entry.fill(value)
        await dialog.get_by_role("button", name=action, exact=True).click()

    async def shown_once(self) -> list[str]:
        """What the open dialog shows this once, noted and closed."""
        dialog = self.page.locator("dialog[open]")
        await dialog.locator(".shown").wait_for()
        values = await dialog.locator(".copy").all_text_contents()
        await dialog.get_by_role("button", name="I have noted it").click()
        await self.page.wait_for_load_state("load")
        return values


@pytest.fixture
async def walk(database_uri: str, database_name: str, tmp_path: Path) -> AsyncIterator[Walk]:
    processes = CityProcesses(tmp_path, database_uri, database_name)
    async with town_of(processes) as town:
        api = await processes.api()
        processes.worker()
        async with browser(api.url) as desk:
            yield Walk(town, door(api.url), desk)


async def test_a_day_at_the_desk(walk: Walk) -> None:
    people = [await walk.town.with_card() for _ in range(PEOPLE)]
    await _signs_in(walk)
    client, secret = await _onboards_a_provider(walk)
    await _sees_a_code_verified_and_after_the_revocation_refused(walk, people[0], client, secret)
    await _reveals_a_field_for_a_reason(walk, people[1])
    await _watches_a_broadcast_finish(walk)
    assert (walk.desk.foreign, walk.desk.faults) == ([], [])


async def _signs_in(walk: Walk) -> None:
    login = f"desk-{new_id()}"
    made = await walk.town.city.services.staff.enrol(OPS, None, login, "陈运行", PASSWORD, [StaffRole.ADMINISTRATOR])
    authenticator = pyotp.TOTP(parse_qs(urlsplit(made.totp_uri).query)["secret"][0])
    await walk.goes("/admin/")
    code = authenticator.now()
    for password, said in (("not that password", "not right"), (PASSWORD, "")):
        await walk.page.fill("#login", login)
        await walk.page.fill("#password", password)
        await walk.page.fill("#code", code)
        await walk.page.click("button[type=submit]")
        if said:
            await expect(walk.page.get_by_role("alert")).to_be_visible()
    await expect(walk.page.get_by_role("heading", name="Overview")).to_be_visible()
    await walk.page.get_by_role("button", name="Sign out").click()
    await walk.page.wait_for_url("**/admin/login")
    # The code has been used: not even with everything else right does it open the door again.
    await _fills(walk.page, login, code)
    await expect(walk.page.get_by_role("alert")).to_be_visible()
    await _fills(walk.page, login, authenticator.at(datetime.now(UTC) + timedelta(seconds=30)))
    await expect(walk.page.get_by_role("heading", name="Overview")).to_be_visible()


async def _fills(page: Page, login: str, code: str) -> None:
    await page.fill("#login", login)
    await page.fill("#password", PASSWORD)
    await page.fill("#code", code)
    await page.click("button[type=submit]")


async def _onboards_a_provider(walk: Walk) -> tuple[str, str]:
    """The live client's id and secret, as the dialog showed them."""
    await walk.goes("/admin/applications")
    await walk.does(
        "Enter an application",
        name="榕城市民服务厅",
        credit_code=credit_code(),
        kind="service_hall",
        contact_name="林小明",
        contact_phone="19912345678",
        scopes="verify:service_hall",
        purpose="Verify visitors at the counters of the hall.",
    )
    (link,) = await walk.shown_once()
    assert "/providers/applications/" in link
    await walk.does("Take it up")
    await walk.does("Admit for tests")
    tests = await walk.shown_once()
    await walk.does("Send live")
    live = await walk.shown_once()
    assert len({*tests, *live}) == 4
    await expect(walk.page.locator("h1 .state")).to_have_text("live")
    return live[0], live[1]


async def _sees_a_code_verified_and_after_the_revocation_refused(
    walk: Walk, person: Resident, client: str, secret: str
) -> None:
    async with httpx2.AsyncClient(base_url=walk.desk.url, trust_env=False) as http:
        form = {"grant_type": "client_credentials"}
        token = (await http.post("/oauth/token", data=form, auth=(client, secret))).json()["access_token"]
    first, second = await walk.door.code(person), await walk.door.code(person)
    assert (await walk.door.verify(first, token))["__typename"] == "CodeVerified"
    (card,) = await walk.town.city.services.cards.held_by(person.id)
    await walk.goes("/admin/cards")
    await walk.page.fill("[name=number]", card.number)
    await walk.page.get_by_role("button", name="Find").click()
    await walk.does("Revoke", because="misuse", reason="the holder asked at the counter")
    await expect(walk.page.locator("h1 .state")).to_have_text("revoked")
    refused = await walk.door.verify(second, token)
    assert refused["__typename"] != "CodeVerified", refused


async def _reveals_a_field_for_a_reason(walk: Walk, person: Resident) -> None:
    await walk.goes("/admin/citizens")
    await walk.page.select_option("[name=by]", "phone")
    await walk.page.fill("[name=text]", person.phone)
    await walk.page.get_by_role("button", name="Find").click()
    await expect(walk.page.locator("main")).to_contain_text("****")
    assert person.phone not in await walk.page.content()
    await walk.does("Reveal a field", field="phone", reason="called back about a lost phone")
    assert await walk.shown_once() == [person.phone]
    assert person.phone not in await walk.page.content()
    (look,) = await walk.town.disclosures(person)
    assert (look["channel"], look["attributes"]) == ("staff_read", ["phone"])


async def _watches_a_broadcast_finish(walk: Walk) -> None:
    await walk.goes("/admin/broadcasts")
    words = {
        "title_zh": "停水通知",
        "body_zh": "明日停水。",
        "push_zh": "停水通知",
        "title_en": "Water",
        "push_en": "Water",
    }
    await walk.does("New broadcast", name="Water cut", **words, body_en="No water tomorrow.", pace="20")
    await expect(walk.page.locator("h1 .state")).to_have_text("draft")
    await walk.does("Start")
    await expect(walk.page.locator("progress")).to_be_visible()
    # The page looks again by itself: nobody reloads it.
    await expect(walk.page.locator("h1 .state")).to_have_text("done", timeout=60_000)
    await expect(walk.page.locator(".progressing")).to_contain_text(f"{PEOPLE} / {PEOPLE}")
