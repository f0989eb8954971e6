"""Cases and their categories at the desk: found and shown in both languages without what people wrote; written."""

from __future__ import annotations

import pytest

from app.core.ids import new_id
from graphql_schema.types.common import parse_global_id
from tests.console.conftest import Desk
from tests.support.api import Api
from tests.support.cases import DISTRICT, filed, replied_to, written


@pytest.mark.parametrize(("language", "said"), [("en", "Given back"), ("zh-CN", "退单")])
async def test_a_case_is_found_and_shown_without_what_was_written(
    desks: dict[str, Desk], shared_api: Api, language: str, said: str
) -> None:
    person, desk = await shared_api.sign_in(shared_api.person()), Desk(desks["viewer"].http, language)
    case = (await filed(shared_api, person))["case"]
    assert case["number"] in (await desk.page("/admin/cases")).text
    await replied_to(shared_api.city, case["id"])
    id_ = parse_global_id(case["id"])[1]
    assert case["number"] in (await desk.page("/admin/cases?state=replied")).text
    assert case["number"] in (await desk.page("/admin/cases?unit=unit-1")).text
    assert case["number"] not in (await desk.page("/admin/cases?state=late")).text
    found = await desk.act("/admin/cases/find", number=case["number"].lower())
    assert found.json() == {"go": f"/admin/cases/{id_}"}
    page = (await desk.page(f"/admin/cases/{id_}")).text
    assert said in page
    assert "路灯三天不亮" not in page
    assert "五一广场东门" not in page


async def test_the_desk_s_endpoints_show_the_same(desks: dict[str, Desk], shared_api: Api) -> None:
    person, http = await shared_api.sign_in(shared_api.person()), desks["viewer"].http
    case = (await filed(shared_api, person))["case"]
    id_ = parse_global_id(case["id"])[1]
    listed = (await http.get("/admin/api/cases?state=filed")).json()["items"]
    assert case["number"] in {one["number"] for one in listed}
    shown = (await http.get(f"/admin/api/cases/{id_}")).json()
    assert (shown["division"], shown["state"], [event["what"] for event in shown["events"]]) == (
        DISTRICT,
        "filed",
        ["filed"],
    )
    assert written()["text"] not in str(shown)
    assert (await http.get(f"/admin/api/cases/{new_id()}")).json()["code"] == "CASE_UNKNOWN"


async def test_a_category_is_written_and_retired(desks: dict[str, Desk], shared_api: Api) -> None:
    desk = desks["operator"]
    code = f"made-{new_id()[-8:]}"
    said = {"code": code, "name_zh": "新分类", "name_en": "New", "words": "新、的", "flags": "convenience"}
    assert (await desk.act("/admin/case-categories/do/save", **said, kinds="help")).status_code == 200
    tree = shared_api.city.services.voice.categories.tree
    made = tree.get(code)
    assert made is not None
    assert (made.convenience, made.words, [kind.value for kind in made.kinds]) == (True, ("新", "的"), ["help"])
    assert code in (await desk.page("/admin/case-categories?after=bWFkZQ")).text
    assert (await desk.act(f"/admin/case-categories/{code}/do/retire")).status_code == 200
    refused = await desk.act("/admin/case-categories/do/save", code="No Good", name_zh="名")
    assert refused.json()["code"] == "CATEGORY_INVALID"
