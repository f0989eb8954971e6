"""Applications and the calendar at the console: shown in both languages without what is written in them, given back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.core.clock import civil_day
from app.core.ids import new_id
from tests.console.conftest import Desk
from tests.support.api import Api
from tests.support.applying import ANSWERS, applicant, handed_in, handler, offered


@pytest.mark.parametrize(("language", "said"), [("en", "Promised time"), ("zh-CN", "承诺期限")])
async def test_an_application_is_found_shown_and_given_back(
    desks: dict[str, Desk], shared_api: Api, language: str, said: str
) -> None:
    city, desk = shared_api.city, Desk(desks["operator"].http, language)
    _, viewer = await applicant(shared_api)
    offer = await offered(city)
    by, one = handler(offer.unit), await handed_in(city, viewer, offer)
    await city.services.government.handling.claim(by, one, new_id())
    number = str((await city.services.government.handling.one(by, one)).number)  # type: ignore[union-attr]
    assert number in (await desk.page("/admin/service-applications")).text
    found = await desk.act("/admin/service-applications/find", number=number.lower())
    assert found.json() == {"go": f"/admin/service-applications/{one}"}
    page = (await desk.page(f"/admin/service-applications/{one}")).text
    assert said in page
    assert ANSWERS["phone"] not in page
    done = await desk.act(f"/admin/service-applications/{one}/do/release", reason="on sick leave")
    assert done.status_code == 200
    assert (await city.services.government.handling.one(by, one)).handler is None  # type: ignore[union-attr]


async def test_a_day_is_written_over_the_calendar_and_taken_back(desks: dict[str, Desk], shared_api: Api) -> None:
    desk, calendar = desks["operator"], shared_api.city.calendar
    day = calendar.current.next_working_day(civil_day(shared_api.city.clock.now()) + timedelta(days=3))
    wish: dict[str, Any] = {"day": day.isoformat(), "working": "no", "name": "停电"}
    assert (await desk.act("/admin/calendar/do/write", **wish)).status_code == 200
    assert not calendar.current.is_working(day)
    assert "停电" in (await desk.page(f"/admin/calendar?year={day.year}")).text
    assert (await desk.act(f"/admin/calendar/{day.isoformat()}/do/take-back")).status_code == 200
    assert calendar.current.is_working(day)
    refused = await desk.act("/admin/calendar/do/write", day="1999-01-01", working="no", name="元旦")
    assert refused.json()["code"] == "CALENDAR_DAY_INVALID"
