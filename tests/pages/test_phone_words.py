"""What the phone says in words: counts, sums, homes and opening hours, in both languages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.applications import Starlette

from tests.support.browser import Browser, browser, needs_browser
from tests.support.served import at_a_port

pytestmark = needs_browser
SCHOOL = 'Mo-Fr 07:20-12:00,14:00-18:00; Sa off; PH off; WD 07:20-18:00; 2026-02-17 off "除夕休息"'


@pytest.fixture
async def phone(site: Starlette) -> AsyncIterator[Browser]:
    async with at_a_port(site) as url, browser(url) as opened:
        await opened.goes("sign-in")
        yield opened


async def _said(phone: Browser, language: str, what: str) -> Any:
    """What the app's own modules make of it."""
    imported = ", ".join(f'import("/app/{file}")' for file in ("words.js", "dom.js", "screens/opening_hours.js"))
    app = f"const app = Object.assign({{}}, ...all); app.speak('{language}'); return {what};"
    script = f"Promise.all([{imported}]).then((all) => {{ {app} }})"
    return await phone.page.evaluate(script)


async def test_english_counts_one_and_many(phone: Browser) -> None:
    said = await _said(
        phone, "en", '[0, 1, 2].map((n) => app.plural(n, "day")).concat(app.plural(1200, "reply", "replies"))'
    )
    assert said == ["0 days", "1 day", "2 days", "1,200 replies"]


async def test_thousands_stand_apart_in_sums_and_not_in_their_fen(phone: Browser) -> None:
    said = await _said(
        phone, "en", '[app.yuan(253754), app.yuan(9900), app.grouped("1234567.89"), app.grouped("-300.00")]'
    )
    assert said == ["¥2,537.54", "¥99.00", "1,234,567.89", "-300.00"]


async def test_a_home_is_a_building_and_a_room(phone: Browser) -> None:
    homes = '[{ building: "3", room: "302" }, { building: "A座", room: "1801" }].map(app.homeName)'
    assert await _said(phone, "en", homes) == ["Building 3, 302", "A座 · 1801"]
    assert await _said(phone, "zh-CN", homes) == ["3 幢 302", "A座 · 1801"]


async def test_civil_days_are_no_figures_of_machines(phone: Browser) -> None:
    days = '[app.days("2026-11-01", "2026-11-30"), app.days("2026-11-23", null)]'
    assert await _said(phone, "en", days) == ["1 Nov 2026 – 30 Nov 2026", "from 23 Nov 2026"]
    assert await _said(phone, "zh-CN", days) == ["2026年11月1日 – 2026年11月30日", "自 2026年11月23日 起"]


async def test_opening_hours_are_said_rule_by_rule(phone: Browser) -> None:
    hours = f"app.hoursInWords({SCHOOL!r})"
    assert await _said(phone, "en", hours) == [
        "Mon–Fri 07:20–12:00, 14:00–18:00",
        "Sat closed",
        "public holidays closed",
        "make-up working days 07:20–18:00",
        "17 Feb 2026 closed (除夕休息)",
    ]
    assert (await _said(phone, "zh-CN", hours))[:2] == ["周一至周五 07:20–12:00、14:00–18:00", "周六 休息"]
    others = '["24/7", "Mo-Su 09:00-22:00", "call us"].map((text) => app.hoursInWords(text)[0])'
    assert await _said(phone, "en", others) == ["Day and night", "Every day 09:00–22:00", "call us"]
