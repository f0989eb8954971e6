"""Applications and the calendar at the ops desk: looked over, given back, counted by."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.core.clock import civil_day
from app.core.ids import new_id
from tests.support.api import Api
from tests.support.applying import ANSWERS, applicant, handed_in, handler, offered


async def test_the_desk_sees_where_an_application_stands_and_not_what_is_in_it(shared_api: Api) -> None:
    city, token = shared_api.city, await shared_api.ops_token("operator")
    headers = {"authorization": f"Bearer {token}", "accept-language": "en"}
    _, viewer = await applicant(shared_api)
    offer = await offered(city)
    one = await handed_in(city, viewer, offer)
    by = handler(offer.unit)
    await city.services.government.handling.claim(by, one, new_id())

    listed = await shared_api.http.get("/admin/api/service-applications", headers=headers)
    assert one in [row["id"] for row in listed.json()["items"]]
    shown = (await shared_api.http.get(f"/admin/api/service-applications/{one}", headers=headers)).json()
    assert (shown["state"], shown["handler"], shown["promised"]["rule"]) == ("submitted", by.actor, "promised")
    assert ANSWERS["phone"] not in str(shown)
    found = await shared_api.http.post(
        "/admin/api/service-applications/search", json={"number": shown["number"]}, headers=headers
    )
    assert found.json()["id"] == one

    wish: dict[str, Any] = {"json": {"reason": "on sick leave"}, "headers": {**headers, "idempotency-key": new_id()}}
    done = await shared_api.http.post(f"/admin/api/service-applications/{one}/release", **wish)
    assert (done.status_code, done.json()["handler"]) == (200, None)
    again: dict[str, Any] = {"json": {"reason": "on sick leave"}, "headers": {**headers, "idempotency-key": new_id()}}
    refused = await shared_api.http.post(f"/admin/api/service-applications/{one}/release", **again)
    assert refused.json()["code"] == "NOT_HELD"
    mine = await city.services.government.applications.one(viewer, one)
    assert mine is not None
    assert mine.content.answers == ANSWERS


async def test_the_desk_writes_days_over_the_calendar(shared_api: Api) -> None:
    city, token = shared_api.city, await shared_api.ops_token("operator")
    headers = {"authorization": f"Bearer {token}", "accept-language": "en", "idempotency-key": new_id()}
    day = city.calendar.current.next_working_day(civil_day(city.clock.now()) + timedelta(days=200))
    wish = {"day": day.isoformat(), "working": False, "name": "台风停工"}
    written = await shared_api.http.post("/admin/api/calendar/days", json=wish, headers=headers)
    assert (written.status_code, written.json()["working"]) == (201, False)
    assert not city.calendar.current.is_working(day)
    year = (await shared_api.http.get(f"/admin/api/calendar/{day.year}", headers=headers)).json()
    assert day.isoformat() in [one["day"] for one in year["days"]]
    assert year["version"] == city.calendar.current.version
    headers = {**headers, "idempotency-key": new_id()}
    gone = await shared_api.http.delete(f"/admin/api/calendar/days/{day.isoformat()}", headers=headers)
    assert gone.status_code == 200
    assert city.calendar.current.is_working(day)
    far = {"day": "1999-01-01", "working": True, "name": "补班"}
    refused = await shared_api.http.post(
        "/admin/api/calendar/days", json=far, headers={**headers, "idempotency-key": new_id()}
    )
    assert refused.json()["code"] == "CALENDAR_DAY_INVALID"
