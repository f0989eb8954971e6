"""The directory: what is near, what words find, files of places, and the same place twice."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest

from app.core.errors import BadInput
from app.core.ids import new_id
from app.core.imports.errors import ImportFileUnknown, LineFault
from app.core.imports.model import FileForm, ImportDone, ImportFile
from app.core.paging import PageRequest
from app.core.places.errors import OutsideCity
from app.core.places.model import Point
from app.domains.life.directory.doubles.errors import DoubleUnknown
from app.domains.life.directory.doubles.model import DoubleState, Doubt
from app.domains.life.directory.hours.notation import parsed_hours
from app.domains.life.directory.imports.errors import PlaceFault, PlaceImportRefused
from app.domains.life.directory.kinds.model import PlaceClass, all_kinds
from app.domains.life.directory.places.errors import PlaceFieldInvalid, PlaceGone
from app.domains.life.directory.places.model import Found, PlaceState, Which
from app.domains.life.directory.places.service import key_of
from app.domains.life.directory.search.model import rings
from app.wiring import City
from tests.support.api import OPS, soon
from tests.support.cases import CITY, categorised
from tests.support.places import HEAD, HERE, draft, north, place, row

ANY = Which()


async def brought(city: City, text: str, source: str = "ops", form: FileForm = FileForm.CSV) -> ImportDone:
    return await city.services.life.directory.imports.run(OPS, ImportFile.of_text(form, text, source))


async def every_near(city: City, which: Which, metres: float = 20_000, first: int = 7) -> list[Found]:
    found, after = list[Found](), None
    while True:
        page = await city.services.life.directory.places.near(HERE, which, metres, False, PageRequest(first, after))
        found += page.items
        if not page.has_next:
            return found
        after = key_of(page.items[-1])


async def counted(city: City) -> int:
    return await city.db["places"].count_documents({"active": True})


def test_there_are_eight_classes_and_each_has_sorts() -> None:
    assert len(PlaceClass) == 8
    assert {kind.group for kind in all_kinds().values()} == set(PlaceClass)


async def test_what_is_near_comes_in_order_and_in_pages(city: City) -> None:
    rng = random.Random(7)
    lines = [
        row(f"r{n}", f"第{n}药房", Point(HERE.latitude + rng.gauss(0, 0.03), HERE.longitude + rng.gauss(0, 0.03)))
        for n in range(120)
    ]
    await brought(city, HEAD + "".join(lines))
    met = await every_near(city, Which(kind="pharmacy"), 4_000)
    everything = await city.services.life.directory.places.listed(ANY, False, PageRequest(100))
    assert everything.has_next
    rows = await city.db["places"].find({}).to_list(None)
    away = sorted(HERE.metres_to(Point(one["latitude"], one["longitude"])) for one in rows)
    assert [one.metres for one in met] == [round(metres * 1_000) / 1_000 for metres in away if metres <= 4_000]
    assert await every_near(city, Which(PlaceClass.CULTURE)) == []
    with pytest.raises(BadInput):
        await city.services.life.directory.places.near(HERE, ANY, 500, False, PageRequest(5, "nonsense"))


async def test_only_what_is_open_now_is_shown_to_who_asks_so(city: City) -> None:
    shut = parsed_hours("Mo-Su off")
    for n in range(5):
        await place(city, point=north(n * 100 + 10), hours=shut)
    opened = await place(city, point=north(900), hours=parsed_hours("24/7"))
    page = await city.services.life.directory.places.near(HERE, ANY, 5_000, True, PageRequest(3))
    assert ([one.place.id for one in page.items], page.has_next) == ([opened.id], False)


async def test_without_a_point_too_only_what_is_open_is_shown_to_who_asks_so(city: City) -> None:
    shut, opened = parsed_hours("Mo-Su off"), parsed_hours("24/7")
    for n in range(6):
        await place(city, point=north(n * 300 + 10), hours=opened if n % 3 == 0 else shut)
    listed, seen, after = city.services.life.directory.places.listed, list[Found](), None
    while True:
        page = await listed(ANY, True, PageRequest(1, after))
        seen += page.items
        if not page.has_next:
            break
        after = key_of(page.items[-1])
    assert len({one.place.id for one in seen}) == len(seen) == 2
    assert all(one.place.hours == opened for one in seen)
    assert len((await listed(ANY, False, PageRequest(10))).items) == 6


async def test_of_more_than_an_index_compares_the_nearest_are_found(city: City) -> None:
    rng = random.Random(5)
    lines = [
        row(f"r{n}", f"第{n}药房", Point(HERE.latitude + rng.gauss(0, 0.03), HERE.longitude + rng.gauss(0, 0.03)))
        for n in range(320)
    ]
    await brought(city, HEAD + "".join(lines))
    by_hand = await place(city, "深夜药店", point=north(9_000))
    directory = city.services.life.directory

    async def indexed() -> bool:
        return len(await directory.search.keeper.index()) == await counted(city)

    await soon(indexed)
    every = [one.place for one in await every_near(city, Which(kind="pharmacy"), 2_000)]
    near = [one.id for one in every if one.name.zh.startswith("第")]  # others of this city are rated
    assert len(near) > 20

    async def found(text: str, after: str | None = None) -> list[str]:
        page = await directory.search.search(text, ANY, HERE, False, PageRequest(10, after))
        return [one.place.id for _, one in page.items]

    def ours(ids: list[str]) -> list[str]:
        return [one for one in ids if one in near]

    async def nearest_first() -> bool:
        seen = ours(await found("买药"))
        return len(seen) > 5 and seen == near[: len(seen)]

    await soon(nearest_first)  # what pharmacies are called besides
    first, second = ours(await found("买药")), ours(await found("哪里买药", "10"))
    assert first + second == near[: len(first) + len(second)], "the pages fit together"
    of_class = ours(await found("医疗健康"))
    assert of_class == near[: len(of_class)], "what its class is called"
    assert (await found("深夜药店"))[0] == by_hand.id, "its own name, however far"


def test_at_a_pole_where_cells_are_slivers_a_search_looks_at_no_more_of_them_than_elsewhere() -> None:
    assert len(list(rings(HERE))) == 5
    for latitude in (-90.0, 89.999):
        assert sum(map(len, rings(Point(latitude, 119.3)))) < 5_000


async def test_words_find_places_and_the_nearer_of_what_fits_stands_first(city: City) -> None:
    far = await place(city, "国泰大药房", point=north(2_500))
    near = await place(city, "惠好大药房", point=north(100))
    await place(city, "新华书城", kind="library", point=north(50))
    search = city.services.life.directory.search

    async def found(text: str, which: Which = ANY) -> list[str]:
        page = await search.search(text, which, HERE, False, PageRequest(10))
        return [one.place.id for _, one in page.items]

    async def three() -> bool:
        return len(await search.keeper.index()) == 3

    await soon(three)
    assert await found("药店") == [near.id, far.id]
    assert (await found("国泰"))[0] == far.id
    assert (await found("guotai"))[0] == far.id  # pinyin
    assert await found("药店", Which(PlaceClass.CULTURE)) == []
    assert await found("？！") == []
    assert "药店" in await search.suggest("药")
    await city.services.life.directory.keeping.close(OPS, far.id, "搬走了", new_id())
    assert far.id not in await found("国泰")


async def test_a_file_again_changes_nothing_and_what_was_put_right_stays(city: City) -> None:
    text = HEAD + row("a", "同仁药房") + row("b", "回春药房", north(400))
    assert (await brought(city, text)).tally.fresh == 2
    (first,) = (await every_near(city, ANY, 10))[:1]
    right = draft("同仁药房", phone="0591-00001111")
    await city.services.life.directory.keeping.amend(OPS, first.place.id, right, new_id())
    assert (await brought(city, text)).tally.same == 2
    changed = HEAD + row("a", "同仁药房", hours="Mo-Su 09:00-21:00") + row("b", "回春药房", north(400))
    assert (await brought(city, changed)).tally.amended == 1
    now = (await every_near(city, ANY, 10))[0].place
    assert (now.said.phone, now.hours) == ("0591-00001111", parsed_hours("Mo-Su 09:00-21:00"))
    assert await counted(city) == 2


async def test_a_bad_line_is_named_with_what_stands_there_and_nothing_is_imported(city: City) -> None:
    text = HEAD + "".join(
        (
            row("good", "同仁药房"),
            row("k", "某店", kind="casino"),
            row("h", "某店", hours="all day"),
            "p,pharmacy,某店,91,119,某路,\n",
            row("good", "又一家"),
            "short,pharmacy\n",
            row("n", ""),
        )
    )
    with pytest.raises(PlaceImportRefused) as refused:
        await brought(city, text)
    told = [(one.line, one.fault, one.field, one.value) for one in refused.value.rows]
    assert told == [
        (3, PlaceFault.PLACE_KIND, "kind", "casino"),
        (4, PlaceFault.PLACE_HOURS, "hours", "all day"),
        (5, PlaceFault.PLACE_POSITION, "latitude", "91, 119"),
        (6, PlaceFault.PLACE_TWICE, "reference", "good"),
        (7, LineFault.COLUMNS, "", "2"),
        (8, PlaceFault.PLACE_FIELD, "name", ""),
    ]
    assert await counted(city) == 0
    with pytest.raises(ImportFileUnknown):
        await brought(city, "", form=FileForm.JSONL)


async def test_geojson_is_read_with_its_own_ids_and_a_rehearsal_leaves_nothing(city: City) -> None:
    feature: dict[str, Any] = {
        "type": "Feature",
        "id": "node/17",
        "geometry": {"type": "Point", "coordinates": [HERE.longitude, HERE.latitude]},
        "properties": {"kind": "toilet", "name": "五一广场公厕", "hours": "24/7", "wheelchair": "yes"},
    }
    file = ImportFile.of_text(FileForm.GEOJSON, json.dumps({"type": "FeatureCollection", "features": [feature]}), "osm")
    imports = city.services.life.directory.imports
    assert (await imports.rehearse(OPS, file)).tally.fresh == 1
    assert await counted(city) == 0
    assert (await imports.run(OPS, file)).tally.fresh == 1
    (found,) = await every_near(city, ANY)
    assert [one.key for one in found.place.sources] == ["osm/node/17"]
    line = {"type": "Feature", "geometry": {"type": "LineString", "coordinates": []}, "properties": {}}
    bad = json.dumps({"type": "FeatureCollection", "features": [feature, line]})
    with pytest.raises(PlaceImportRefused) as refused:
        await brought(city, bad, "osm", FileForm.GEOJSON)
    assert [(one.line, one.fault) for one in refused.value.rows] == [(2, PlaceFault.PLACE_FEATURE)]


async def test_the_same_place_of_two_sources_stands_once_and_what_is_doubtful_waits_for_the_desk(city: City) -> None:
    await brought(city, HEAD + row("a", "同仁药房"), "health-bureau")
    done = await brought(
        city,
        HEAD
        + row("1", "福州市同仁药房", north(20))  # the same
        + row("2", "同仁药房", north(200))  # perhaps
        + row("3", "同仁大药房", north(10))  # perhaps
        + row("4", "同仁药房", north(5), kind="clinic")  # perhaps
        + row("5", "回春堂", north(5)),  # another
        "maps",
    )
    assert (done.tally.fresh, done.tally.amended) == (4, 1)
    directory = city.services.life.directory
    pairs = (await directory.doubles.page(DoubleState.OPEN, PageRequest(20))).items
    assert {Doubt.FAR, Doubt.ALIKE, Doubt.OTHER_KIND} == {one.doubt for one in pairs}
    far = next(one for one in pairs if one.doubt is Doubt.FAR)
    await directory.doubles.decide(OPS, far.id, True, new_id())
    with pytest.raises(DoubleUnknown):
        await directory.doubles.decide(OPS, far.id, False, new_id())
    merged, kept = await directory.places.get(far.place), await directory.places.get(far.other)
    assert merged == kept
    assert kept is not None
    assert len(kept.sources) >= 2
    gone = (await directory.places.many([far.place]))[far.place]
    assert gone.state is PlaceState.MERGED
    assert (await brought(city, HEAD + row("2", "同仁药房", north(200)), "maps")).tally.same == 1


async def test_a_file_that_has_a_place_twice_that_is_there_already_adds_to_it_and_is_read_to_its_end(
    city: City,
) -> None:
    await brought(city, HEAD + row("a", "同仁药房"), "health-bureau")
    twice = HEAD + row("1", "同仁药房", north(10)) + row("2", "福州同仁药房", north(20)) + row("3", "回春堂", north(5))
    assert (await brought(city, twice, "maps")).tally.fresh == 1
    page = (await city.services.life.directory.places.of_city(ANY, PlaceState.ACTIVE, PageRequest(20))).items
    one = next(place for place in page if place.name.zh == "同仁药房")
    assert {source.key for source in one.sources} == {"health-bureau/a", "maps/1", "maps/2"}
    assert one.rev == 2
    assert (await brought(city, twice, "maps")).tally.same == 3


async def test_a_place_that_was_merged_is_put_right_no_more(city: City) -> None:
    directory = city.services.life.directory
    await brought(city, HEAD + row("1", "同仁药房") + row("2", "同仁大药房", north(8)), "maps")
    (pair,) = (await directory.doubles.page(DoubleState.OPEN, PageRequest(20))).items
    await directory.doubles.decide(OPS, pair.id, True, new_id())
    before = await counted(city)
    with pytest.raises(PlaceGone):
        await directory.keeping.amend(OPS, pair.place, draft("同仁药房新店"), new_id())
    with pytest.raises(PlaceGone):
        await directory.keeping.assign(OPS, pair.place, None, new_id())
    assert await counted(city) == before
    closed = await directory.keeping.close(OPS, pair.other, "搬走了", new_id())
    reopened = await directory.keeping.amend(OPS, closed.id, closed.said, new_id())
    assert (reopened.state, reopened.reason) == (PlaceState.ACTIVE, "")


async def test_two_files_with_the_same_place_at_once_bring_it_once(city: City) -> None:
    def text(source: str) -> str:
        return HEAD + "".join(row(f"{source}{n}", f"第{n}药房", north(n * 400)) for n in range(30))

    done = await asyncio.gather(*(brought(city, text(source), source) for source in ("east", "west", "south")))
    assert sum(one.tally.fresh for one in done) == 30
    assert await counted(city) == 30


async def test_what_lies_outside_the_city_is_refused_by_name(city: City) -> None:
    await categorised(city)
    ring = [[119.2, 26.0], [119.4, 26.0], [119.4, 26.2], [119.2, 26.2], [119.2, 26.0]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"code": CITY}, "geometry": shape}
    raw = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    await city.services.voice.places.take(OPS, raw)
    keeping = city.services.life.directory.keeping
    with pytest.raises(OutsideCity):
        await keeping.add(OPS, draft(point=Point(30.0, 120.0)), new_id())
    with pytest.raises(PlaceImportRefused) as refused:
        await brought(city, HEAD + row("x", "某店", Point(30.0, 120.0)))
    (told,) = refused.value.rows
    assert (told.fault, told.value) == (PlaceFault.PLACE_OUTSIDE, "30.0, 120.0")
    with pytest.raises(PlaceFieldInvalid):
        await keeping.add(OPS, draft(""), new_id())
