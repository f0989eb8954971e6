"""From the code on a thing to the app, in a real browser: it is named, and what it is reported for comes first."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import expect

from app.core.ids import new_id
from tests.support.browser import needs_browser
from tests.support.street import HYDRANT_LEAK, hydrant, street
from tests.support.walking import Walk

pytestmark = [needs_browser, pytest.mark.timeout(300), pytest.mark.faults]


async def test_who_scanned_a_code_reports_that_thing_and_chooses_what_is_the_matter(walk: Walk) -> None:
    await street(walk.town.city)
    asset = await hydrant(walk.town.city, f"H-{new_id()}")
    await walk.signs_in(await walk.town.with_card())
    page = walk.page
    await page.goto(f"{walk.phone.url}/app#/report?asset={asset.code}")
    await expect(page.get_by_text(asset.name.en)).to_be_visible()
    what = page.get_by_label("What it is about")
    await expect(what).to_have_value("")
    assert await what.locator("optgroup").first.locator("option").first.get_attribute("value") == HYDRANT_LEAK
    await page.get_by_label("In your words").fill("消火栓一直在喷水")
    if folder := os.environ.get("RONG_PICTURES"):
        await page.screenshot(path=str(Path(folder) / "report-asset.png"), full_page=True)
    await page.get_by_role("button", name="Send it").click()
    await expect(page.get_by_text("Please choose what it is about.")).to_be_visible()
    await what.select_option(HYDRANT_LEAK)
    await page.get_by_role("button", name="Send it").click()
    await expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    assert await walk.town.city.db["cases"].count_documents({"place.asset": asset.code}) == 1
    assert (walk.phone.foreign, walk.phone.faults) == ([], [])
