"""The phone app in a real browser, before a city in real processes: somebody signs in, looks round and leaves."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.support.browser import needs_browser
from tests.support.walking import Walk

pytestmark = [needs_browser, pytest.mark.timeout(300), pytest.mark.faults]


async def test_somebody_signs_in_shows_a_code_changes_the_language_and_leaves(walk: Walk) -> None:
    person = await walk.town.with_card()
    await walk.signs_in(person)
    await _shows_a_code(walk)
    await _finds_every_screen_whole(walk)
    await _leaves(walk)
    assert (walk.phone.foreign, walk.phone.faults) == ([], [])


async def _shows_a_code(walk: Walk) -> None:
    await walk.page.get_by_role("link", name="Me").last.click()
    await walk.page.get_by_role("button", name="Service hall").click()
    picture = walk.page.get_by_alt_text("Citizen code")
    await picture.wait_for()
    assert await picture.evaluate("one => one.decode().then(() => one.naturalWidth > 0)")
    await expect(walk.page.get_by_role("timer")).to_have_text(re.compile(r"^\d:\d\d$"))


async def _finds_every_screen_whole(walk: Walk) -> None:
    await walk.page.get_by_role("button", name="中文").click()
    for address in ("search", "venues", "ask", "inbox", "applications", "licences", "bookings", "tickets", ""):
        await walk.page.goto(f"{walk.phone.url}/app#/{address}")
        screen = walk.page.locator("#screen:not([aria-busy])")
        await screen.wait_for()
        await expect(screen.locator(".alarm")).to_have_count(0)
        assert await walk.page.evaluate("document.documentElement.scrollWidth") <= 390, address
    await expect(walk.page.get_by_role("heading", level=1)).to_contain_text(re.compile("好|夜深了"))


async def _leaves(walk: Walk) -> None:
    await walk.page.goto(f"{walk.phone.url}/app#/me")
    await walk.page.get_by_role("button", name="退出登录").click()
    await expect(walk.page.get_by_label("手机号")).to_be_visible()
    assert await walk.page.evaluate("sessionStorage.length") == 0
