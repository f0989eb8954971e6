"""The division that a place lies in; files of boundaries; categories; the seed of both."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.places.errors import OutsideCity
from app.core.places.model import Point
from app.core.said import Said
from app.domains.identity.organisations.model import Kind, Level, Organisation
from app.domains.voice.cases.categories.errors import CategoryInvalid
from app.domains.voice.cases.categories.model import Category
from app.domains.voice.cases.errors import CategoryUnknown
from app.domains.voice.places.boundaries.errors import BoundariesInvalid, BoundaryFault
from app.domains.voice.places.boundaries.model import MOST_BYTES, Shapes, read_boundaries
from app.domains.voice.places.errors import DivisionUnknown
from app.seed.voice.categories import seed_categories
from app.seed.voice.places import seed_places
from app.wiring import City
from mocks.boundaries import boundaries
from tests.support.api import OPS, Api
from tests.support.cases import CITY, DISTRICT, LAMP, categorised, filed

SQUARE = [[[119.0, 26.0], [119.4, 26.0], [119.4, 26.4], [119.0, 26.4], [119.0, 26.0]]]
CROSSED = [[[119.0, 26.0], [119.4, 26.4], [119.4, 26.0], [119.0, 26.4], [119.0, 26.0]]]


def _feature(code: str = DISTRICT, coordinates: Any = SQUARE, kind: str = "Polygon") -> dict[str, Any]:
    return {"type": "Feature", "properties": {"code": code}, "geometry": {"type": kind, "coordinates": coordinates}}


def _file(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


@pytest.mark.parametrize(
    ("raw", "place", "fault"),
    [
        (b"", 0, BoundaryFault.FORM),
        (b"[]", 0, BoundaryFault.FORM),
        (b'{"features": []}', 0, BoundaryFault.FORM),
        (b"[" * 100_000, 0, BoundaryFault.FORM),
        (b" " * (MOST_BYTES + 1), 0, BoundaryFault.FORM),
        (_file({"type": "Feature"}), 1, BoundaryFault.FORM),
        (_file(_feature("110000000000")), 1, BoundaryFault.DIVISION),
        (_file(_feature(), _feature()), 2, BoundaryFault.TWICE),
        (_file(_feature(kind="Point", coordinates=[119.0, 26.0])), 1, BoundaryFault.SHAPE),
        (_file(_feature(coordinates=CROSSED)), 1, BoundaryFault.SHAPE),
        (_file(_feature(coordinates=[])), 1, BoundaryFault.SHAPE),
        (_file(_feature(coordinates=[[[1, "x"]]])), 1, BoundaryFault.SHAPE),
        (_file(_feature(coordinates=[[[500, 0], [501, 0], [501, 1], [500, 0]]])), 1, BoundaryFault.SHAPE),
    ],
)
def test_a_bad_file_says_which_feature_and_what_is_wrong(raw: bytes, place: int, fault: BoundaryFault) -> None:
    with pytest.raises(BoundariesInvalid) as refused:
        read_boundaries(raw, {CITY, DISTRICT})
    assert (refused.value.place, refused.value.fault) == (place, fault)


def test_the_smallest_division_that_holds_a_point_is_the_one() -> None:
    large = [[[118.0, 25.0], [120.0, 25.0], [120.0, 27.0], [118.0, 27.0], [118.0, 25.0]]]
    shapes = Shapes(read_boundaries(_file(_feature(CITY, large), _feature()), {CITY, DISTRICT}))
    assert shapes.division(Point(26.2, 119.2)) == DISTRICT
    assert shapes.division(Point(25.5, 119.2)) == CITY
    assert shapes.division(Point(24.48, 118.09)) is None
    assert shapes.division(Point(26.0, 119.2)) == DISTRICT  # on the border


async def test_a_place_is_found_by_what_is_known_of_it(city: City) -> None:
    await categorised(city)
    places = city.services.voice.places
    assert places.placed(Point(24.48, 118.09), division=DISTRICT).division == DISTRICT  # no boundaries are known yet
    with pytest.raises(DivisionUnknown):
        places.placed(Point(26.2, 119.2))

    assert await places.take(OPS, _file(_feature())) == 1
    assert places.placed(Point(26.2, 119.2), address=" 五一  广场 ").address == "五一 广场"
    assert places.placed(Point(26.2, 119.2), division=CITY).division == DISTRICT  # what is closer holds
    assert places.placed(division=CITY).division == CITY
    with pytest.raises(OutsideCity) as outside:
        places.placed(Point(24.48, 118.09), division=DISTRICT)
    assert outside.value.city == "福州市"
    with pytest.raises(DivisionUnknown):
        places.placed(division="110000000000")


async def test_of_two_streets_whose_codes_differ_in_a_last_zero_neither_lies_in_the_other(city: City) -> None:
    await categorised(city)
    tenth, eleventh = "350102010000", "350102011000"
    for code, name in ((tenth, "东街街道"), (eleventh, "南街街道")):
        await city.services.organisations.put(
            OPS, Organisation(code, name, Kind.GOVERNMENT, Level.TOWNSHIP, parent=DISTRICT)
        )
    places = city.services.voice.places
    await places.take(OPS, _file(_feature(tenth)))
    assert places.placed(Point(26.2, 119.2), division=eleventh).division == tenth  # where the point lies


async def test_what_lies_outside_the_city_is_refused_by_name_and_nothing_is_filed(api: Api) -> None:
    await categorised(api.city)
    await api.city.services.voice.places.take(OPS, _file(_feature()))
    person = await api.sign_in(api.person())
    refused = await filed(api, person, place={"latitude": 24.48, "longitude": 118.09, "division": DISTRICT})
    assert (refused["__typename"], refused["code"]) == ("OutsideCity", "OUTSIDE_CITY")
    assert "福州市" in refused["message"]
    assert await api.city.db["cases"].count_documents({}) == 0
    inside = await filed(api, person, place={"latitude": 26.2, "longitude": 119.2})
    assert inside["case"]["place"]["division"]["code"] == DISTRICT


async def test_the_seed_fills_categories_and_boundaries_once(city: City) -> None:
    await categorised(city)
    said: list[str] = []
    await seed_places(city, said.append)
    await seed_places(city, said.append)
    assert said == ["1 boundaries of divisions"]  # of the one district that is there
    assert len(json.loads(boundaries())["features"]) == 13


async def test_the_seeded_categories_are_a_tree_of_leaves_in_groups(city: City) -> None:
    said: list[str] = []
    await seed_categories(city, said.append)
    await seed_categories(city, said.append)
    tree = city.services.voice.categories.tree
    leaves = list(tree.leaves())
    assert (len(said), len(leaves) > 120) == (1, True)
    assert all(len(tree.path(one.code)) == 2 and one.kinds and one.words and one.name.en for one in leaves)
    assert {"lamp", "hydrant", "bin", "stop", "manhole", "playground"} <= {
        kind for one in leaves for kind in one.assets
    }


@pytest.mark.parametrize(
    ("category", "field"),
    [
        (Category("No Good", Said("名")), "code"),
        (Category("good", Said(" ")), "name"),
        (Category("good", Said("名"), parent="no-such"), "parent"),
        (Category("streets", Said("名"), parent=LAMP), "parent"),
        (Category("good", Said("名"), words=tuple(str(n) for n in range(41))), "words"),
    ],
)
async def test_a_category_that_does_not_fit_is_refused(city: City, category: Category, field: str) -> None:
    await categorised(city)
    with pytest.raises(CategoryInvalid) as refused:
        await city.services.voice.categories.save(OPS, category, new_id())
    assert refused.value.field == field


async def test_no_case_is_filed_in_one_that_is_retired_and_none_with_others_below_is(city: City) -> None:
    await categorised(city)
    service = city.services.voice.categories
    with pytest.raises(CategoryInvalid):
        await service.retire(OPS, "streets", new_id())
    await service.retire(OPS, LAMP, new_id())
    with pytest.raises(CategoryUnknown):
        service.tree.fit(LAMP)
    assert service.tree.name(LAMP, "en") == "Street lamp out"
