"""What is on, found by words, by day, by kind and near a place; and by nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import civil_day
from app.core.ids import new_id
from app.core.places.model import Point
from app.domains.life.culture.events.finding.model import grams_of
from tests.support.api import OPS, Api
from tests.support.culture import Put, house_of

FAR = {"latitude": 26.3, "longitude": 119.6}
HERE = {"latitude": 26.0805, "longitude": 119.3005}


async def put_on(api: Api, name: str, **said: Any) -> Put:
    """Of this name, in a house of its own."""
    return await (await house_of(api)).event(name=name, **said)


async def found(api: Api, kind: str | None = None, first: int = 50, **sought: Any) -> list[str]:
    answer = await api.data("CultureEvents", kind=kind, sought=sought or None, first=first)
    return [edge["node"]["name"] for edge in answer["edges"]]


async def test_an_event_is_found_by_what_it_says_of_itself(shared_api: Api) -> None:
    name = f"闽剧荔枝换绛桃 {new_id()[-6:]}"
    put = await put_on(shared_api, name)
    day, mark = civil_day(put.starts_at), name.rpartition(" ")[2]
    answer = await shared_api.data("CultureEvents", sought={"words": f"荔枝 {mark}", "near": HERE, "metres": 500})
    (edge,) = answer["edges"]
    assert (edge["node"]["name"], edge["node"]["metres"]) == ("A night", 75)
    shared_api.language, before = "zh-CN", shared_api.language
    try:
        for right in (
            {"words": mark.upper()},
            {"words": f"測試劇院 {mark}"},
            {"words": mark, "day": day.isoformat()},
            {"words": mark, "day": (day - timedelta(days=3)).isoformat(), "until": day.isoformat()},
            {"words": mark, "near": HERE},
        ):
            assert await found(shared_api, **right) == [name], right
        for wrong in (
            {"words": f"京剧 {mark}"},
            {"words": mark, "day": (day + timedelta(days=1)).isoformat()},
            {"words": mark, "near": FAR},
        ):
            assert await found(shared_api, **wrong) == [], wrong
        assert await found(shared_api, kind="PLAY", words=mark) == [name]
        assert await found(shared_api, kind="OPERA", words=mark) == []
    finally:
        shared_api.language = before


async def test_what_is_drafted_cancelled_or_moved_is_found_accordingly(shared_api: Api) -> None:
    mark = new_id()[-6:]
    staging = shared_api.city.services.life.culture.staging
    await put_on(shared_api, f"草稿 {mark}", published=False)
    assert await found(shared_api, words=mark) == []
    put = await put_on(shared_api, f"移动 {mark}")
    day, later = civil_day(put.starts_at), put.starts_at + timedelta(days=2)
    moved = (later, later + timedelta(hours=1), "场地检修", new_id())
    await staging.move_session(put.house.keeper, put.session, *moved)
    assert await found(shared_api, words=mark, day=day.isoformat()) == []
    assert len(await found(shared_api, words=mark, day=civil_day(later).isoformat())) == 1
    await staging.cancel(put.house.keeper, put.event, "演员生病", new_id())
    assert await found(shared_api, words=mark) == []


async def test_pages_of_what_is_found_follow_each_other(shared_api: Api) -> None:
    mark = new_id()[-6:]
    for n in range(3):
        await put_on(shared_api, f"讲座{n} {mark}")
    first = await shared_api.data("CultureEvents", sought={"words": mark, "near": HERE}, first=2)
    after = first["pageInfo"]["endCursor"]
    rest = await shared_api.data("CultureEvents", sought={"words": mark, "near": HERE}, first=2, after=after)
    ids = [edge["node"]["id"] for page in (first, rest) for edge in page["edges"]]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"], len(set(ids))) == (True, False, 3)


async def test_a_small_page_looks_no_less_far_than_a_large_one(shared_api: Api) -> None:
    """What lies in the same cells and ends before, but too far away, hides nothing."""
    far, near, mark = await house_of(shared_api), await house_of(shared_api), new_id()[-8:]
    venues = shared_api.city.services.life.culture.venues
    moved = await venues.get(near.venue)
    assert moved is not None
    await venues.put(OPS, replace(moved, point=Point(26.086, 119.3)), new_id())
    for _ in range(12):
        await far.event(name=f"闽剧 {mark}")
    await near.event(name=f"高甲戏 {mark}", starts_in=timedelta(days=300))
    shared_api.language, before = "zh-CN", shared_api.language
    try:
        for first in (1, 50):
            there = {"latitude": 26.086, "longitude": 119.3}
            assert await found(shared_api, words=mark, near=there, metres=300, first=first) == [f"高甲戏 {mark}"], first
    finally:
        shared_api.language = before


@pytest.mark.parametrize(
    ("field", "sought"),
    [
        ("words", {"words": "长" * 41}),
        ("metres", {"near": HERE, "metres": 1}),
        ("metres", {"near": HERE, "metres": 1_000_000}),
        ("near", {"near": {"latitude": 91.0, "longitude": 0.0}}),
        ("day", {"until": "2026-12-01"}),
        ("until", {"day": "2026-12-01", "until": "2027-12-01"}),
        ("until", {"day": "2026-12-02", "until": "2026-12-01"}),
    ],
)
async def test_what_nobody_can_look_for_is_refused(shared_api: Api, field: str, sought: dict[str, Any]) -> None:
    answer = (await shared_api.raw("CultureEvents", {"sought": sought})).json()
    assert [(e["extensions"]["code"], e["extensions"]["field"]) for e in answer["errors"]] == [("BAD_INPUT", field)]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_the_first_and_the_last_day_there_is_stop_nothing(shared_api: Api, day: str) -> None:
    assert await found(shared_api, day=date.fromisoformat(day).isoformat()) == []


@given(st.text(max_size=60))
def test_a_text_is_found_by_each_part_of_itself(text: str) -> None:
    grams = list(grams_of(text))
    assert all(1 <= len(gram) <= 60 and gram.strip() for gram in grams)
    assert list(grams_of(text)) == grams
