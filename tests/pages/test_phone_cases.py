"""Cases in the phone app, in a real browser: reported, offered what is alike, followed, published, joined, rated."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from app.core.ids import new_id
from app.domains.voice.cases.history.model import CaseChannel, CaseKind
from app.domains.voice.cases.model import Case
from app.domains.voice.channels.intake.callers.model import CallerFiling
from tests.support.browser import needs_browser
from tests.support.case_work import SEAT, CaseWork
from tests.support.cases import DISTRICT, LAMP, categorised
from tests.support.public import hear, replied_to_at_last, taken_in
from tests.support.walking import Walk

pytestmark = [needs_browser, pytest.mark.timeout(300), pytest.mark.faults]


async def test_a_case_is_reported_followed_published_and_rated_and_another_joined(walk: Walk) -> None:
    person, city = await walk.town.with_card(), walk.town.city
    await categorised(city)
    theirs = await _public_case(walk)
    await walk.page.context.grant_permissions(["geolocation"])
    await walk.signs_in(person)
    await _is_offered_what_is_alike(walk, theirs)
    await _reports(walk)
    await _publishes(walk)
    await _joins(walk, theirs)
    await _rates(walk)
    await _sees_both_languages(walk)
    await _opens_by_link(walk)
    assert (walk.phone.foreign, walk.phone.faults) == ([], [])


async def _public_case(walk: Walk) -> Case:
    work = CaseWork(walk.town.city)
    case = await work.filed(category=LAMP, wished_public=True, citizen=None)
    publishing = walk.town.city.services.voice.publishing
    shown = await publishing.preview(SEAT, case.id)
    assert shown is not None
    await publishing.publish(SEAT, case.id, shown.digest, [], new_id())
    return await taken_in(walk.town.city, await work.now(case))


async def _is_offered_what_is_alike(walk: Walk, theirs: Case) -> None:
    page = walk.page
    await page.context.set_geolocation({"latitude": 26.08, "longitude": 119.3})
    await page.goto(f"{walk.phone.url}/app#/report")
    await page.get_by_label("What it is about").select_option(LAMP)
    await page.get_by_label("In your words").fill("小区门口的路灯不亮，我叫张伟，电话13800138000")
    await page.get_by_role("button", name="Use where I am").click()
    await expect(page.get_by_text("Somebody near you reported something like it")).to_be_visible()
    await _picture(walk, "report-en")


async def _reports(walk: Walk) -> None:
    await walk.page.get_by_label("May be public").check()
    await walk.page.get_by_role("button", name="Send it").click()
    await expect(walk.page.get_by_role("heading", name="What happened")).to_be_visible()
    await _picture(walk, "case-en")


async def _publishes(walk: Walk) -> None:
    await walk.page.get_by_role("button", name="Preview").click()
    await expect(walk.page.get_by_text(re.compile(r"我叫\*\*\*，电话\*\*\*")).last).to_be_visible()
    await _picture(walk, "preview-en")
    await walk.page.get_by_role("button", name="Publish it like this").click()
    await expect(walk.page.get_by_text("Public", exact=True)).to_be_visible()


async def _joins(walk: Walk, theirs: Case) -> None:
    mine = walk.page.url
    await walk.page.goto(f"{walk.phone.url}/app#/public-cases")
    await walk.page.get_by_role("link", name=re.compile("路灯不亮")).first.click()
    await walk.page.get_by_role("button", name="Support it").click()
    await expect(walk.page.get_by_role("button", name="Support it no longer")).to_be_visible()
    await walk.page.get_by_role("button", name="I have it too: join").click()
    await expect(walk.page.get_by_role("button", name="Leave it")).to_be_visible()
    await _picture(walk, "public-en")
    await walk.page.goto(mine)


async def _rates(walk: Walk) -> None:
    city = walk.town.city
    row = await city.db["cases"].find_one({"citizen": {"$type": "string"}}, sort=[("_id", -1)])
    assert row is not None
    work = CaseWork(city)
    case = await work.store.get(row["_id"])
    assert case is not None
    await replied_to_at_last(city, await taken_in(city, case))
    await hear(city, case.id)
    await walk.page.reload()
    await walk.page.get_by_label("Is it solved?").select_option("true")
    await _picture(walk, "rate-en")
    await walk.page.get_by_role("button", name="Send the rating").click()
    await expect(walk.page.get_by_text("Closed", exact=True).first).to_be_visible()


async def _sees_both_languages(walk: Walk) -> None:
    await walk.page.get_by_role("button", name="中文").click()
    mine = walk.page.url.partition("#")[2]
    for address in ("/report", "/cases", "/public-cases", mine):
        await walk.page.goto(f"{walk.phone.url}/app#{address}")
        screen = walk.page.locator("#screen:not([aria-busy])")
        await screen.wait_for()
        await expect(screen.locator(".alarm")).to_have_count(0)
        assert await walk.page.evaluate("document.documentElement.scrollWidth") <= 390, address
        await _picture(walk, address.strip("/").partition("/")[0] + "-zh")


async def _opens_by_link(walk: Walk) -> None:
    """What a caller was texted opens his case, without an account."""
    city = walk.town.city
    wished = CallerFiling(CaseKind.HELP, CaseChannel.PHONE, LAMP, "", "路口的路灯闪", "13900000077", division=DISTRICT)
    case = await city.services.voice.callers.file(SEAT, wished, new_id())
    row = await city.db["channel_answers"].find_one({"case": case.id})
    assert row is not None
    text = city.ring.open_text(row["content"], record=row["_id"], field="channel answer")
    link = re.search(r"\?case=[\w-]+&receipt=[\w-]+", text)
    assert link is not None
    await walk.page.goto(f"{walk.phone.url}/app{link.group()}")
    await expect(walk.page.get_by_text("路口的路灯闪").last).to_be_visible()
    assert "receipt" not in await walk.page.evaluate("location.search")


async def _picture(walk: Walk, name: str) -> None:
    """Where somebody wants to look at them."""
    if folder := os.environ.get("RONG_PICTURES"):
        await walk.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
