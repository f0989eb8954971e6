"""Keeping assets: codes that a file finds again, whose they are, files with named faults, sheets at the desk."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.ids import new_id
from app.core.imports.errors import LineFault
from app.core.imports.model import FileForm, ImportFile
from app.core.imports.service import Findings
from app.core.paging import PageRequest
from app.core.places.model import Point
from app.domains.voice.street.assets.errors import (
    AssetFault,
    AssetImportRefused,
    AssetInvalid,
    AssetRetired,
    AssetUnitUnknown,
    AssetUnknown,
)
from app.domains.voice.street.assets.imports.service import AssetImports
from app.domains.voice.street.assets.model import Asset, AssetKind, AssetState
from app.domains.voice.street.assets.number import code_for
from app.seed.demo import Demo
from app.seed.voice.assets import seed_assets, seed_patrols
from app.wiring import City
from tests.conftest import Fakes
from tests.support.api import OPS, Api
from tests.support.street import GRIDS, HERE, WATER, draft, hydrant, keeper, street

_HEAD = ["kind", "reference", "name", "latitude", "longitude", "unit"]


def _file(*rows: Sequence[object], head: Sequence[str] = _HEAD) -> ImportFile:
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    return ImportFile.of_text(FileForm.CSV, text.getvalue(), None)


def _row(reference: str, **changed: object) -> list[object]:
    said = {"kind": "lamp", "reference": reference, "name": "五四路路灯", "latitude": 26.08, "longitude": 119.3}
    return list({**said, "unit": WATER, **changed}.values())


async def test_the_same_reference_of_the_same_keeper_is_the_same_asset(shared_api: Api) -> None:
    reference, service = f"H-{new_id()}", shared_api.city.services.voice.assets
    first = await hydrant(shared_api.city, reference)
    assert first.code == code_for(WATER, reference)
    again = await hydrant(shared_api.city, reference, address="五一广场西门")
    assert (again.code, again.rev, again.place.address) == (first.code, 2, "五一广场西门")
    assert (await hydrant(shared_api.city, reference, address="五一广场西门")).rev == 2
    assert (await service.reported(f" {first.code[:4]}-{first.code[4:]} ")).code == first.code


async def test_a_code_that_another_asset_has_is_passed_over(shared_api: Api) -> None:
    reference, other = f"H-{new_id()}", f"H-{new_id()}"
    taken = await hydrant(shared_api.city, other)
    row = await shared_api.city.db["assets"].find_one({"_id": taken.code})
    assert row is not None
    await shared_api.city.db["assets"].insert_one({**row, "_id": code_for(WATER, reference), "reference": "another"})
    mine = await hydrant(shared_api.city, reference)
    assert mine.code == code_for(WATER, reference, 1)
    assert (await hydrant(shared_api.city, reference)).code == mine.code


async def test_registering_the_same_at_once_makes_one(shared_api: Api) -> None:
    await street(shared_api.city)
    reference = f"H-{new_id()}"
    made = await asyncio.gather(*(hydrant(shared_api.city, reference) for _ in range(6)))
    assert len({one.code for one in made}) == 1
    assert await shared_api.city.db["assets"].count_documents({"reference": reference}) == 1


async def test_nobody_writes_or_takes_over_what_another_keeps(shared_api: Api) -> None:
    mine, service = await hydrant(shared_api.city, f"H-{new_id()}"), shared_api.city.services.voice.assets
    stranger = keeper(GRIDS)
    with pytest.raises(AssetUnknown):
        await service.save(stranger, replace(draft("X"), unit=GRIDS, code=mine.code), new_id())
    with pytest.raises(AssetUnitUnknown):
        await service.save(stranger, draft("X"), new_id())
    with pytest.raises(AssetUnknown):
        await service.retire(stranger, mine.code, "不是我的", new_id())
    assert await service.find(mine.code) == mine


async def test_what_is_retired_takes_no_report_keeps_its_code_and_comes_back_by_its_keeper(shared_api: Api) -> None:
    reference, service = f"H-{new_id()}", shared_api.city.services.voice.assets
    made = await hydrant(shared_api.city, reference)
    gone = await service.retire(keeper(), made.code, "道路改造", new_id())
    assert (gone.state, gone.retired_for) == (AssetState.RETIRED, "道路改造")
    for refused in (service.reported(made.code), service.retire(keeper(), made.code, "再撤一次", new_id())):
        with pytest.raises(AssetRetired):
            await refused
    back = await hydrant(shared_api.city, reference)
    assert (back.code, back.active) == (made.code, True)


@pytest.mark.parametrize("changed", [{"reference": ""}, {"reference": "x" * 41}, {"address": "x" * 121}])
async def test_what_is_missing_or_too_long_is_named(shared_api: Api, changed: dict[str, Any]) -> None:
    await street(shared_api.city)
    with pytest.raises(AssetInvalid) as refused:
        await hydrant(shared_api.city, **{"reference": "H-1", **changed})
    assert refused.value.field == next(iter(changed))


async def test_what_stands_near_comes_nearest_first(shared_api: Api) -> None:
    middle = Point(26.3 + int(new_id()[-3:], 16) / 1e5, 119.1)
    made = [
        await hydrant(shared_api.city, f"H-{new_id()}", point=Point(middle.latitude + away / 111_195, 119.1))
        for away in (150, 20, 900, 90)
    ]
    near = await shared_api.city.services.voice.assets.near(middle)
    assert [one.code for one in near] == [made[1].code, made[3].code, made[0].code]
    assert await shared_api.city.services.voice.assets.near(middle, kind=AssetKind.LAMP) == []


async def test_a_file_is_taken_whole_and_the_same_file_again_changes_nothing(shared_api: Api) -> None:
    await street(shared_api.city)
    imports, mark = shared_api.city.services.voice.asset_imports, new_id()
    file = _file(*(_row(f"{mark}-{n}") for n in range(450)))
    done = await imports.run(OPS, file)
    assert (done.lines, done.tally.fresh) == (450, 450)
    again = await imports.run(OPS, file)
    assert (again.tally.fresh, again.tally.amended, again.tally.same) == (0, 0, 450)
    changed = await imports.run(OPS, _file(*(_row(f"{mark}-{n}", name="新灯") for n in range(449, 452))))
    assert (changed.tally.fresh, changed.tally.amended) == (2, 1)


async def test_every_bad_line_is_named_and_nothing_is_written(shared_api: Api) -> None:
    await street(shared_api.city)
    mark = new_id()
    rows = [
        _row(f"{mark}-1"),
        _row(f"{mark}-2", kind="spaceship"),
        _row(f"{mark}-3", latitude="north"),
        _row(f"{mark}-4", latitude=91),
        _row(f"{mark}-5", unit="nobody"),
        _row(f"{mark}-6", name=""),
        _row(f"{mark}-1"),
        _row(f"{mark}-7")[:-1],
    ]
    with pytest.raises(AssetImportRefused) as refused:
        await shared_api.city.services.voice.asset_imports.run(OPS, _file(*rows))
    assert [(row.line, row.fault) for row in refused.value.rows] == [
        (3, AssetFault.ASSET_KIND),
        (4, AssetFault.ASSET_PLACE),
        (5, AssetFault.ASSET_PLACE),
        (6, LineFault.OWNER),
        (7, AssetFault.ASSET_FIELD),
        (8, AssetFault.ASSET_TWICE),
        (9, LineFault.COLUMNS),
    ]
    assert await shared_api.city.db["assets"].count_documents({"reference": {"$gte": mark, "$lt": f"{mark}~"}}) == 0


async def test_a_file_may_name_an_asset_by_its_code_and_a_wrong_one_is_named(shared_api: Api) -> None:
    made = await hydrant(shared_api.city, f"H-{new_id()}")
    imports, head = shared_api.city.services.voice.asset_imports, [*_HEAD, "code"]
    moved = f"H-{new_id()}"
    done = await imports.run(OPS, _file([*_row(moved, kind="hydrant"), made.code], head=head))
    assert done.tally.amended == 1
    found = await shared_api.city.services.voice.assets.find(made.code)
    assert found is not None
    assert found.reference == moved
    for code in ("12345", code_for("nobody", new_id())):
        with pytest.raises(AssetImportRefused) as refused:
            await imports.run(OPS, _file([*_row(moved), code], head=head))
        assert [row.fault for row in refused.value.rows] == [AssetFault.ASSET_CODE]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=400))
def test_no_file_breaks_the_import(text: str) -> None:
    """Read as far as it can be without a city."""

    reader = AssetImports.__new__(AssetImports)
    for form in FileForm:
        file, found = ImportFile.of_text(form, text, None), Findings()
        for _ in reader.lines(file, found):
            pass


async def test_sheets_are_ordered_at_the_desk_batch_by_batch_and_their_codes_are_read_again(shared_api: Api) -> None:
    unit, service = f"unit-{new_id()}", shared_api.city.services.voice
    await street(shared_api.city)
    tree = shared_api.city.services.organisations
    await tree.put(OPS, replace(tree.tree.nodes[WATER], code=unit))
    drafts = [draft(f"H-{n}", unit=unit, point=Point(HERE.latitude, HERE.longitude + n / 1e4)) for n in range(30)]
    await service.asset_imports.bring(OPS, drafts)
    token = await shared_api.ops_token("operator")
    seen, after = set[str](), ""
    for labels in (20, 10):
        headers = {"authorization": f"Bearer {token}", "idempotency-key": new_id()}
        wish = {"unit": unit, "after": after, "most": 20}
        made = (await shared_api.http.post("/admin/api/asset-sheets", json=wish, headers=headers)).json()
        assert made["labels"] == labels
        file = await shared_api.http.get(f"/admin/api/asset-sheets/{made['id']}/file", headers=headers)
        assert file.headers["content-type"] == "application/pdf"
        seen |= _codes(file.content)
        after = made["last"] or ""
    page = await service.assets.of_city(PageRequest(100), unit=unit)
    assert seen == {f"http://city.test/q/{asset.code}" for asset in page.items}


def _codes(raw: bytes) -> set[str]:
    pictures = [page.render(scale=2).to_pil() for page in pypdfium2.PdfDocument(raw)]
    return {one.text for picture in pictures for one in zxingcpp.read_barcodes(picture, zxingcpp.BarcodeFormat.QRCode)}


async def test_the_seeded_things_and_patrols_are_made_once(city: City, fakes: Fakes) -> None:
    await street(city)
    put, base = city.services.organisations.put, city.services.organisations.tree.nodes[WATER]
    for code in ("350102-cgj", "city-water"):
        await put(OPS, replace(base, code=code, scopes=frozenset({"assets", "cases:grid"})))
    demo = Demo()
    for _ in range(2):
        await seed_assets(city, lambda said: None)
        await seed_patrols(city, demo, lambda said: None)
    made: list[Asset] = [*(await city.services.voice.assets.of_city(PageRequest(100))).items]
    assert len(made) > 50
    assert {one.unit for one in made} == {"350102-cgj", "city-water"}
    (route,) = (await city.services.voice.grid.patrols.of_city(PageRequest(10))).items
    assert all(one.asset in {asset.code for asset in made} for one in route.points)
    assert len(demo.staff) == 2
