"""Events at the console and at its endpoint: how a session sells and how many wait, and nobody's name."""

from __future__ import annotations

from dataclasses import replace

from app.core.ids import new_id
from graphql_schema.types.common import key_of
from tests.console.conftest import Desk
from tests.support.api import OPS, Api
from tests.support.culture import house_of
from tests.support.culture_walk import a_sight
from tests.support.paying import holder


async def test_an_event_shows_how_many_wait_and_not_who(desks: dict[str, Desk], shared_api: Api) -> None:
    put, owner, waits = await (await house_of(shared_api)).event(room=1), new_id(), new_id()
    await put.taken(owner)
    culture = shared_api.city.services.life.culture
    await culture.waiting.join(holder(waits), put.session, 1, new_id())
    page = (await desks["viewer"].page(f"/admin/culture-events/{put.event}")).text
    assert "Waiting" in page
    assert "1 / 1" in page
    assert owner not in page
    assert waits not in page
    await culture.staging.cancel(put.house.keeper, put.event, "演员生病", new_id())
    await culture.ending.round()
    page = (await desks["viewer"].page(f"/admin/culture-events/{put.event}")).text
    assert "演员生病" in page
    token = await shared_api.ops_token("viewer")
    told = await shared_api.http.get(
        f"/admin/api/culture/events/{put.event}", headers={"authorization": f"Bearer {token}"}
    )
    (session,) = told.json()["sessions"]
    assert (session["state"], session["waiting"], session["good"]) == ("cancelled", 1, 0)


async def test_a_sight_that_is_not_shown_stays_so_when_its_words_are_changed(
    desks: dict[str, Desk], shared_api: Api
) -> None:
    house, tourism = await house_of(shared_api), shared_api.city.services.life.culture.tourism
    code = key_of(await a_sight(shared_api, house), "Sight")
    seen = await tourism.one(code)
    assert seen is not None
    await tourism.put(OPS, replace(seen.sight, active=False), new_id())
    said = {"code": code, "organisation": house.organisation, "zh": "改名的园", "en": "", "address": "鼓楼区"}
    place = {"latitude": "26.085", "longitude": "119.296", "hours": "24/7", "room": "900", "words": ""}
    answer = await desks["operator"].act("/admin/sights/do/put", **said, **place)
    assert answer.status_code == 200, answer.text
    (kept,) = [one.sight for one in await tourism.kept(house.keeper) if one.sight.id == code]
    assert (kept.name.zh, kept.room, kept.active) == ("改名的园", 900, False)
