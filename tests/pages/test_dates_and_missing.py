"""Pages say days as people do, and an address that leads nowhere is a page for people and JSON for programs."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from app.core.clock import CITY_TIME
from app.core.messages import CHINESE, ENGLISH
from app.pages.rendering import between, dated
from tests.support.api import Api

_BEGINS = datetime(2026, 11, 23, 7, 58, tzinfo=CITY_TIME)


def test_a_day_is_said_in_words() -> None:
    day = date(2026, 11, 3)
    assert (dated(day, ENGLISH), dated(day, CHINESE)) == ("3 Nov 2026", "2026年11月3日")


def test_the_second_day_is_named_when_it_is_another() -> None:
    soon, late = _BEGINS.replace(hour=10), _BEGINS.replace(day=24)
    assert between(_BEGINS, soon, ENGLISH) == "23 Nov 2026, 07:58 – 10:58"
    assert between(_BEGINS, late, ENGLISH) == "23 Nov 2026, 07:58 – 24 Nov 2026, 07:58"
    assert between(_BEGINS, soon, CHINESE) == "2026年11月23日 07:58 – 10:58"


@pytest.mark.parametrize("address", ["/nothing", "/media/receipts/nothing.pdf"])
async def test_a_browser_gets_a_page_and_a_program_json(shared_api: Api, address: str) -> None:
    page = await shared_api.http.get(address, headers={"accept": "text/html,*/*;q=0.8", "accept-language": "en"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is no such page" in page.text
    program = await shared_api.http.get(address, headers={"accept": "application/json"})
    assert (program.status_code, program.json()["code"]) == (404, "NOT_FOUND")
