"""One's estate and one's visitors in the phone app, in a real browser: a home is asked for and left, a notice read, a
repair reported with a photo, handed over and rated; a guest is invited, comes in by his page, and is seen.
"""

from __future__ import annotations

import html
import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import Page, expect

from app.core.ids import new_id
from app.domains.community.notices.model import NoticeWish
from app.domains.community.repairs.model import RepairState
from app.domains.community.residents.model import Relation, Wish
from tests.support.browser import needs_browser
from tests.support.estates import Grounds, grounds, named, plate, takes_repairs
from tests.support.walking import Walk

pytestmark = [needs_browser, pytest.mark.timeout(300), pytest.mark.faults]


async def test_a_home_is_asked_for_lived_in_mended_visited_and_left(walk: Walk, tmp_path: Path) -> None:
    person, city = await walk.town.with_card(), walk.town.city
    await takes_repairs(city)
    where = await grounds(city)
    await walk.signs_in(person)
    walk.page.on("dialog", lambda dialog: dialog.accept())
    await _asks_for_a_home(walk)
    await _is_let_in(walk, where)
    await _reads(walk, where)
    await _reports(walk, where, tmp_path)
    await _hands_over(walk)
    await _invites(walk, where, tmp_path)
    await _parks(walk)
    await _sees_both_languages(walk)
    await _leaves_home(walk)
    assert (walk.phone.foreign, walk.phone.faults) == ([], [])


async def _goes(walk: Walk, screen: str) -> None:
    await walk.page.goto(f"{walk.phone.url}/app#/{screen}")
    await walk.page.reload()
    await walk.page.locator("#screen:not([aria-busy])").wait_for()


async def _asks_for_a_home(walk: Walk) -> None:
    page = walk.page
    await _goes(walk, "estate")
    await page.get_by_label("The estate's name").fill("榕荫")
    await page.get_by_role("button", name="Look").click()
    await page.get_by_role("button", name="This one").first.click()
    await page.get_by_label("Room").select_option("103")
    await page.get_by_role("button", name="Ask", exact=True).click()
    await expect(page.get_by_text("Waits to be verified").first).to_be_visible()


async def _is_let_in(walk: Walk, where: Grounds) -> None:
    """By the estate; then by its head's side: somebody of the family asks, and is let in on the screen."""
    city = walk.town.city
    row = await city.db["residencies"].find_one({"estate": where.code, "state": "asked"})
    assert row is not None
    neighbourhood = city.services.community.neighbourhood
    await neighbourhood.verifying.settle(where.keeper, row["_id"], True, "", new_id())
    child = await walk.town.with_card()
    await neighbourhood.residents.ask(named(child.id), Wish(where.code, "1", "103", Relation.FAMILY), new_id())
    await _goes(walk, "estate")
    await expect(walk.page.get_by_text("Head", exact=True)).to_be_visible()
    await walk.page.get_by_role("button", name="Let in").click()
    await expect(walk.page.get_by_role("button", name="Let in")).to_have_count(0)
    await _picture(walk, "estate-en")


async def _reads(walk: Walk, where: Grounds) -> None:
    city = walk.town.city
    told = NoticeWish("停水通知", "今晚十点到明早六点停水。", city.clock.now() + timedelta(days=2), urgent=True)
    publishing = city.services.community.neighbourhood.keeping.publishing
    await publishing.publish(where.keeper, [where.code], told, new_id())
    await _goes(walk, "estate")
    await walk.page.get_by_role("link", name=re.compile("停水通知")).click()
    await expect(walk.page.get_by_text("今晚十点到明早六点停水。")).to_be_visible()
    await _picture(walk, "notice-en")
    await _goes(walk, "estate")
    await expect(walk.page.get_by_text("Unread")).to_have_count(0)


async def _reports(walk: Walk, where: Grounds, tmp_path: Path) -> None:
    page, working = walk.page, walk.town.city.services.community.neighbourhood.keeping.working
    photo = tmp_path / "lamp.png"
    Image.new("RGB", (64, 48), "#334455").save(photo)
    await page.get_by_role("link", name=re.compile("Report something")).click()
    await page.get_by_label("What", exact=True).select_option("LIGHT")
    await page.get_by_label("In words").fill("三楼楼道灯不亮")
    await page.get_by_label("Add photos").set_input_files(photo)
    await expect(page.get_by_text("lamp.png")).to_be_visible()
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.get_by_role("heading", name="Steps")).to_be_visible()
    await expect(page.get_by_role("link", name="Photo 1")).to_be_visible()
    await _picture(walk, "repair-en")
    row = await walk.town.city.db["repairs"].find_one({"estate": where.code})
    assert row is not None
    for to in (RepairState.ACCEPTED, RepairState.DONE):
        await working.move(where.keeper, row["_id"], to, "已换灯泡", None, new_id())
    await page.reload()
    await page.get_by_role("button", name="Solved", exact=True).click()
    await expect(page.get_by_text("Rated").first).to_be_visible()


async def _hands_over(walk: Walk) -> None:
    page = walk.page
    await _goes(walk, "estate")
    await page.get_by_role("link", name=re.compile("Report something")).click()
    await page.get_by_label("In words").fill("电梯停在三楼")
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.get_by_role("button", name="Hand it to 12345").click()
    await expect(page.get_by_text("Case", exact=True)).to_be_visible()


async def _invites(walk: Walk, where: Grounds, tmp_path: Path) -> None:
    page, city = walk.page, walk.town.city
    await _goes(walk, "visitors")
    await page.get_by_label("The guest's name").fill("陈客")
    await page.get_by_role("button", name="Make the pass").click()
    address = page.locator("b", has_text="/v/")
    await address.wait_for()
    await _picture(walk, "pass-en")
    mine, link = page.url, (await address.inner_text()).split("/v/", 1)[1]
    guest = await page.context.new_page()
    await guest.goto(f"{walk.phone.url}/v/{link}")
    shot = tmp_path / "guest.png"
    await guest.locator(".pass").screenshot(path=shot)
    (seen,) = zxingcpp.read_barcodes(Image.open(shot).convert("L"), zxingcpp.BarcodeFormat.QRCode)
    said = await guest.locator(".pass").get_attribute("data-code")
    assert html.unescape(said or "") == seen.text
    await _picture(walk, "guest-en", guest)
    opening = city.services.community.neighbourhood.gates.opening
    await opening.open(where.keeper, where.gate(), seen.text, city.clock.now(), new_id())
    await guest.reload()
    await expect(guest.get_by_text("All entries of this pass are used.")).to_be_visible()
    await guest.close()
    await page.goto(mine)
    await page.reload()
    await expect(page.get_by_text("1 / 1")).to_be_visible()
    await _goes(walk, "visitors")
    await expect(page.locator("section", has_text="Who came to my home").get_by_text("陈客")).to_be_visible()


async def _parks(walk: Walk) -> None:
    page, mine = walk.page, plate()
    await page.get_by_label("Register a plate").fill(mine)
    await page.get_by_role("button", name="Register", exact=True).click()
    await expect(page.get_by_text(mine)).to_be_visible()
    await expect(page.get_by_text("Free bays 3 / 3; for visitors 3")).to_be_visible()
    await _picture(walk, "visitors-en")
    await page.get_by_role("button", name="Remove").click()
    await expect(page.get_by_text(mine)).to_have_count(0)


async def _sees_both_languages(walk: Walk) -> None:
    await walk.page.get_by_role("button", name="中文").click()
    for address in ("estate", "visitors"):
        await _goes(walk, address)
        await expect(walk.page.locator("#screen .alarm")).to_have_count(0)
        assert await walk.page.evaluate("document.documentElement.scrollWidth") <= 390, address
        await _picture(walk, f"{address}-zh")
    await walk.page.get_by_role("button", name="English").click()


async def _leaves_home(walk: Walk) -> None:
    await _goes(walk, "estate")
    await walk.page.get_by_role("button", name="I moved out").click()
    await expect(walk.page.get_by_role("button", name="I moved out")).to_have_count(0)
    await _goes(walk, "visitors")
    await expect(walk.page.get_by_text("Enter a home in “My estate” first.")).to_be_visible()


async def _picture(walk: Walk, name: str, page: Page | None = None) -> None:
    """Where somebody wants to look at them."""
    if folder := os.environ.get("RONG_PICTURES"):
        await (page or walk.page).screenshot(path=Path(folder) / f"{name}.png", full_page=True)
