"""Dispatch rules, fallbacks and the map of open cases at the desk."""

from __future__ import annotations

import re

import pytest

from app.core.ids import new_id
from app.core.places.model import Point
from app.domains.voice.places.model import Place
from tests.console.conftest import Desk
from tests.support.api import Api
from tests.support.case_work import CaseWork
from tests.support.seats import LAMP, lamps_by_rule


@pytest.fixture
async def work(shared_api: Api) -> CaseWork:
    work = CaseWork(shared_api.city)
    await lamps_by_rule(work)
    return work


async def test_a_rule_is_written_changed_and_ended_with_its_reasons(desks: dict[str, Desk], work: CaseWork) -> None:
    desk, book = desks["operator"], work.city.services.voice.centre.rules.book
    said = {"category": "test-gas", "division": "district", "unit": "water", "reason": "first"}
    done = await desk.act("/admin/responsibilities/do/write", **said)
    assert done.json()["go"] == "/admin/responsibilities/test-gas%3Adistrict%3Aall"
    id_ = "test-gas:district:all"
    assert book.rules[id_].goal.unit == "water"
    changed = {**said, "unit": "", "level": "to-owner", "reason": "second"}
    assert (await desk.act(f"/admin/responsibilities/{id_}/do/write", **changed)).status_code == 200
    page = (await desk.page(f"/admin/responsibilities/{id_}")).text
    assert "first" in page
    assert "second" in page
    assert (await desk.act(f"/admin/responsibilities/{id_}/do/end", reason="no more")).status_code == 200
    assert book.rules[id_].ended
    refused = await desk.act("/admin/responsibilities/do/write", **{**said, "category": "no-such"})
    assert refused.json()["code"] == "DISPATCH_RULE_INVALID"
    assert "district" in (await desk.page("/admin/fallbacks")).text


async def test_a_file_with_bad_lines_names_them(desks: dict[str, Desk], work: CaseWork) -> None:
    bad = "category,unit\nno-such,water\n"
    answer = await desks["administrator"].act("/admin/responsibilities/do/import", form="csv", text=bad)
    assert "category" in answer.json()["said"]
    good = f"category,owner,unit\n{LAMP},lights,lights\n"
    done = await desks["administrator"].act("/admin/responsibilities/do/import", form="csv", text=good)
    assert "1" in done.json()["done"]


@pytest.mark.parametrize(("language", "open_"), [("en", "open, "), ("zh-CN", "件未办结")])
async def test_the_map_leads_from_the_city_to_a_case(
    desks: dict[str, Desk], work: CaseWork, language: str, open_: str
) -> None:
    north = 25.5 + int(new_id()[-4:], 16) / 1e6  # away from what other tests put on the map
    case = await work.filed(category=LAMP, place=Place("district", Point(north, 118.5)))
    desk = Desk(desks["viewer"].http, language)
    whole = (await desk.page("/admin/case-map")).text
    assert open_ in whole
    assert case.words.title not in whole
    beside = await work.filed(category=LAMP, place=Place("district", Point(north, 118.5)))
    box = f"south={north - 0.05}&west=118.45&north={north + 0.05}&east=118.55"
    assert re.search(r"[2-9] (open|件未办结)", (await desk.page(f"/admin/case-map?{box}")).text), "drawn as one"
    box = f"south={north - 0.0005}&west=118.4995&north={north + 0.0005}&east=118.5005"
    close = (await desk.page(f"/admin/case-map?{box}")).text
    assert f"/admin/cases/{case.id}" in close
    assert f"/admin/cases/{beside.id}" in close, "on one spot, beside each other"
    assert re.search(rf"{case.number} · ", close)
    seen = (await desks["viewer"].http.get(f"/admin/api/case-map?{box}")).json()
    assert case.id in {one["id"] for one in seen["cases"]}
    assert (await desks["viewer"].http.get("/admin/api/case-map?south=3&north=2")).json()["code"] == "BAD_INPUT"
