"""Searching the catalogue over the API, and how the index follows what departments publish."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.viewer import Viewer
from app.domains.government.search.keeping.service import IndexKeeper
from app.domains.government.search.keeping.synonyms import SynonymsFile
from app.domains.government.search.popularity.model import weights_of
from app.jobs.search import weigh_items
from app.wiring import build
from tests.support.api import Api
from tests.support.catalogue import Town, published, town


@pytest.fixture
async def place(shared_api: Api) -> Town:
    return await town(shared_api.city)


@pytest.fixture
async def office(shared_api: Api, place: Town) -> str:
    return await shared_api.provider(place.department)


async def search(api: Api, query: str, **more: Any) -> Any:
    return await api.data("SearchServices", None, query=query, **more)


def codes(found: Any) -> list[str]:
    return [edge["node"]["item"]["code"] for edge in found["results"]["edges"]]


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Comes true within some seconds; how fast it usually does, the benchmark tells."""
    async with asyncio.timeout(20):
        while not await true():  # noqa: ASYNC110  (the other side is the API, which has no event to wait for)
            await asyncio.sleep(0.05)


async def test_what_is_published_is_found_and_what_is_cancelled_is_not(shared_api: Api, office: str) -> None:
    one = await published(shared_api, office, name={"zh": "热气球飞行许可", "en": "Balloon flights"}, also=["气球"])
    await until(lambda: _finds(shared_api, "热气球", one))
    for typed in ("reqiqiu", "热气丘", "balloons", "baloon", "rqq"):
        assert codes(await search(shared_api, typed))[0] == one, typed
    draft = await shared_api.data(
        "CancelServiceItem", office, "provider", code=one, reason="no more balloons", key=new_id()
    )
    assert draft["__typename"] == "ServiceItemCancelled", draft
    await until(lambda: _finds_not(shared_api, "热气球", one))


async def test_the_name_that_was_meant_comes_in_pieces(shared_api: Api, office: str) -> None:
    one = await published(shared_api, office, name={"zh": "滑翔伞场地备案"}, also=["跳伞基地"])
    await until(lambda: _finds(shared_api, "滑翔伞", one))
    hit = (await search(shared_api, "滑翔伞"))["results"]["edges"][0]["node"]
    assert hit["matched"] == [{"text": "滑翔伞", "marked": True}, {"text": "场地备案", "marked": False}]
    assert (hit["byOtherName"], 0.5 < hit["likeness"] <= 1) == (False, True)
    assert (await search(shared_api, "跳伞"))["results"]["edges"][0]["node"]["byOtherName"] is True


async def test_one_item_at_many_units_is_one_result_with_the_unit_to_go_to(
    shared_api: Api, office: str, place: Town
) -> None:
    one = await published(shared_api, office, name={"zh": "灯塔参观登记"})
    units = [*place.townships, place.county]
    await shared_api.data("OfferServiceItem", office, "provider", code=one, units=units, key=new_id())
    await until(lambda: _finds(shared_api, "灯塔", one, filter={"unit": place.townships[0]}))
    found = await search(shared_api, "灯塔", division=place.townships[1])
    assert codes(found) == [one]
    assert found["results"]["edges"][0]["node"]["item"]["yourUnit"]["unit"]["code"] == place.townships[1]
    assert codes(await search(shared_api, "灯塔", filter={"unit": place.city})) == []


async def test_what_is_offered_nearer_comes_first(shared_api: Api, office: str, place: Town) -> None:
    far, near = [await published(shared_api, office, name={"zh": "鲸鱼观察证"}) for _ in range(2)]
    other = await town(shared_api.city)
    elsewhere = await shared_api.provider(other.department)
    await shared_api.data("OfferServiceItem", office, "provider", code=near, units=[place.county], key=new_id())
    mine = await published(shared_api, elsewhere, name={"zh": "鲸鱼观察证"})
    await shared_api.data("OfferServiceItem", elsewhere, "provider", code=mine, units=[other.county], key=new_id())
    await until(lambda: _all_found(shared_api, "鲸鱼", {far, near, mine}))
    await until(lambda: _finds(shared_api, "鲸鱼", mine, filter={"unit": other.county}))
    await until(lambda: _finds(shared_api, "鲸鱼", near, filter={"unit": place.county}))
    assert codes(await search(shared_api, "鲸鱼", division=place.county)).index(near) == 0
    assert codes(await search(shared_api, "鲸鱼", division=other.county)).index(mine) == 0


async def test_results_are_counted_and_narrowed(shared_api: Api, office: str, place: Town) -> None:
    home = await published(shared_api, office, name={"zh": "火山温泉许可甲"}, category="PERMITS", visits=0)
    away = await published(shared_api, office, name={"zh": "火山温泉许可乙"}, category="BUSINESS", visits=2)
    await until(lambda: _all_found(shared_api, "火山温泉", {home, away}))
    found = await search(shared_api, "火山温泉")
    assert found["total"] == 2
    assert {row["visits"]: row["items"] for row in found["facets"]["visits"]} == {0: 1, 2: 1}
    assert {row["category"] for row in found["facets"]["categories"]} == {"PERMITS", "BUSINESS"}
    assert found["facets"]["departments"] == [{"department": {"code": place.department, "name": "测试局"}, "items": 2}]
    for narrowed, left in (
        ({"visits": 0}, [home]),
        ({"category": "BUSINESS"}, [away]),
        ({"category": "BUSINESS", "visits": 0}, []),
        ({"department": place.department, "audience": "PERSON", "level": "COUNTY", "depth": "ONLINE_ACCEPT"}, None),
        ({"lifeEvent": "BIRTH"}, []),
        ({"department": "a b"}, []),
    ):
        assert sorted(codes(await search(shared_api, "火山温泉", filter=narrowed))) == sorted(
            [home, away] if left is None else left
        ), narrowed


async def test_pages_follow_each_other_without_a_gap(shared_api: Api, office: str) -> None:
    made = {await published(shared_api, office, name={"zh": f"极光观测站{n}号"}) for n in "一二三四五"}
    await until(lambda: _all_found(shared_api, "极光观测站", made))
    seen: list[str] = []
    after: str | None = None
    while True:
        page = await search(shared_api, "极光观测站", first=2, after=after)
        seen += codes(page)
        after = page["results"]["pageInfo"]["endCursor"]
        if not page["results"]["pageInfo"]["hasNextPage"]:
            break
    assert (len(seen), set(seen)) == (5, made)


@pytest.mark.parametrize("typed", ["", "   ", "！？。", "***", "​"])
async def test_nothing_typed_is_told_by_name(shared_api: Api, typed: str) -> None:
    assert (await search(shared_api, typed))["__typename"] == "SearchTextMissing"
    assert await shared_api.data("SuggestServices", None, prefix=typed) == []


async def test_too_much_typed_is_told_by_name(shared_api: Api) -> None:
    found = await search(shared_api, "身" * 101)
    assert (found["__typename"], found["maximum"]) == ("SearchTextTooLong", 100)
    assert "100" in found["message"]
    assert await shared_api.data("SuggestServices", None, prefix="身" * 101) == []


@pytest.mark.parametrize(
    "typed", ['title:"a" OR b', "a* -b +c ~1", "(((", "\\", "{$where: 1}", "a AND", "[* TO *]", "^"]
)
async def test_no_character_is_special(shared_api: Api, typed: str) -> None:
    assert (await search(shared_api, typed))["__typename"] in ("ServiceSearch", "SearchTextMissing")
    await shared_api.data("SuggestServices", None, prefix=typed)


async def test_suggestions_begin_with_what_was_typed(shared_api: Api, office: str) -> None:
    one = await published(shared_api, office, name={"zh": "潜水艇驾驶培训"}, also=["开潜艇"])
    await until(lambda: _finds(shared_api, "潜水艇", one))
    for typed, text in (
        ("潜", "潜水艇驾驶培训"),
        ("qians", "潜水艇驾驶培训"),
        ("qst", "潜水艇驾驶培训"),
        ("开潜", "开潜艇"),
    ):
        found = await shared_api.data("SuggestServices", None, prefix=typed)
        assert {"code": one, "text": text} in found, typed


async def test_every_process_follows(shared_api: Api, office: str) -> None:
    other = build(shared_api.city.settings, beyond=shared_api.city.outside)
    await other.start()
    try:
        one = await published(shared_api, office, name={"zh": "雪橇犬比赛报备"})

        async def there() -> bool:
            index = await other.services.government.search.keeper.index()
            return [match.text.key for match in index.search("雪橇犬").matches][:1] == [one]

        await until(there)
    finally:
        await other.services.government.search.keeper.close()
        await other.changes.stop()


async def test_the_synonyms_of_ops_hold_without_a_restart(shared_api: Api, office: str, tmp_path: Path) -> None:
    one = await published(shared_api, office, name={"zh": "观星台预约"})
    file = tmp_path / "synonyms.txt"
    file.write_text("观星台, 天文台\n", encoding="utf-8")
    government, tree = shared_api.city.services.government, shared_api.city.services.organisations.tree
    keeper = IndexKeeper(government.catalogue, tree, SynonymsFile(file), government.popularity)
    try:
        assert await _keeps(keeper, "天文台", one)
        assert not await _keeps(keeper, "摘月亮", one)
        file.write_text("观星台, 天文台, 摘月亮\n", encoding="utf-8")
        os.utime(file, ns=(1, 1))
        await until(lambda: _keeps(keeper, "摘月亮", one))
        file.unlink()
        assert await _keeps(keeper, "摘月亮", one)
    finally:
        await keeper.close()


async def test_what_is_looked_at_more_weighs_more(shared_api: Api, office: str) -> None:
    city = shared_api.city
    wanted, idle = [await published(shared_api, office, name={"zh": "陨石鉴定"}, popularity=50) for _ in range(2)]
    await until(lambda: _all_found(shared_api, "陨石鉴定", {wanted, idle}))
    for _ in range(40):
        await city.services.government.catalogue.found(Viewer(), wanted)
    city.services.government.popularity._views[wanted] += 30_000
    await city.services.government.popularity.flush()
    await weigh_items(city)
    weights = await city.services.government.popularity.weights()
    assert weights[wanted] > 0.5 > weights[idle]

    async def first() -> bool:
        return codes(await search(shared_api, "陨石鉴定"))[:1] == [wanted]

    await until(first)


def test_counts_decide_the_more_the_more_there_are() -> None:
    said = {"a": 0.2, "b": 0.9}
    assert weights_of(said, {}) == said
    few, many = weights_of(said, {"a": 1_000}), weights_of(said, {"a": 1_000_000})
    assert said["a"] < few["a"] < many["a"] < 1
    assert many["b"] < few["b"] < said["b"]


async def _finds(api: Api, typed: str, code: str, **more: Any) -> bool:
    return code in codes(await search(api, typed, **more))


async def _finds_not(api: Api, typed: str, code: str) -> bool:
    return code not in codes(await search(api, typed))


async def _all_found(api: Api, typed: str, wanted: set[str]) -> bool:
    return wanted <= set(codes(await search(api, typed)))


async def _keeps(keeper: IndexKeeper, typed: str, code: str) -> bool:
    return code in [match.text.key for match in (await keeper.index()).search(typed).matches]
