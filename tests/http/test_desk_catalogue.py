"""The desk and the catalogue: what is there, what a version changed, cancelling, merging, and files of items."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from app.core.ids import new_id
from tests.support.api import Api
from tests.support.catalogue import Town, code, published, said, town, written


@pytest.fixture
async def place(shared_api: Api) -> Town:
    return await town(shared_api.city)


@pytest.fixture(scope="session")
async def desk(shared_api: Api) -> str:
    return await shared_api.ops_token("administrator")


async def ask(api: Api, token: str, method: str, path: str, body: Any = None) -> httpx2.Response:
    headers = {"authorization": f"Bearer {token}", "accept-language": "en", "idempotency-key": new_id()}
    return await api.http.request(method, f"/admin/api/catalogue{path}", json=body, headers=headers)


def lines(*rows: dict[str, Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


async def test_versions_are_shown_with_what_each_changed(shared_api: Api, desk: str, place: Town) -> None:
    office = await shared_api.provider(place.department)
    name = await published(shared_api, office)
    draft = said(name, promisedDays=2, visits=0)
    await shared_api.data("SaveServiceItem", office, "provider", item=draft, key=new_id())
    found = (await ask(shared_api, desk, "GET", f"/items/{name}")).json()["items"]
    assert [(one["item"]["version"], one["item"]["state"]) for one in found] == [(2, "draft"), (1, "published")]
    assert found[0]["changed"] == ["visits", "promised_days"]
    listed = (await ask(shared_api, desk, "GET", f"/items?owner={place.department}")).json()["items"]
    assert [(one["code"], one["version"]) for one in listed] == [(name, 1)]
    drafts = (await ask(shared_api, desk, "GET", "/items?state=draft&first=100")).json()["items"]
    assert (name, 2) in [(one["code"], one["version"]) for one in drafts]
    assert (await ask(shared_api, desk, "GET", "/items/NOWHERE")).json()["code"] == "ITEM_UNKNOWN"


async def test_the_desk_cancels_and_merges(shared_api: Api, desk: str, place: Town) -> None:
    office = await shared_api.provider(place.department)
    one, other = await published(shared_api, office), await published(shared_api, office)
    merged = await ask(shared_api, desk, "POST", f"/items/{one}/merger", {"into": other, "reason": "the same thing"})
    assert (merged.status_code, merged.json()["merged_into"]) == (200, other)
    gone = await ask(shared_api, desk, "POST", f"/items/{other}/cancellation", {"reason": "no law asks for it"})
    assert (gone.json()["state"], gone.json()["history"][-1]["reason"]) == ("cancelled", "no law asks for it")
    again = await ask(shared_api, desk, "POST", f"/items/{other}/cancellation", {"reason": "once more"})
    assert (again.status_code, again.json()["code"]) == (422, "ITEM_NOT_IN_STATE")


async def test_a_file_is_imported_and_its_bad_lines_are_told(shared_api: Api, desk: str, place: Town) -> None:
    good = lines(written(code()), written(code()))
    body = {"form": "jsonl", "text": good, "unit": place.county}
    done = (await ask(shared_api, desk, "POST", "/imports", body)).json()
    assert (done["fresh"], done["offers"], done["lines"]) == (2, 2, 2)
    again = (await ask(shared_api, desk, "POST", "/imports", body)).json()
    assert (again["fresh"], again["same"], again["offers"]) == (0, 2, 0)
    bad = {**body, "text": lines(written(code(), visits="one")) + "no json\n"}
    refused = await ask(shared_api, desk, "POST", "/imports", bad)
    assert (refused.status_code, refused.json()["code"]) == (422, "ITEM_IMPORT_REFUSED")
    assert [(row["line"], row["fault"], row["field"]) for row in refused.json()["rows"]] == [
        (1, "form", "visits"),
        (2, "json", ""),
    ]
    unknown = await ask(shared_api, desk, "POST", "/imports", {**body, "unit": "nowhere"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "UNIT_UNKNOWN")


async def test_the_catalogue_is_counted(shared_api: Api, desk: str, place: Town) -> None:
    office = await shared_api.provider(place.department)
    before = (await ask(shared_api, desk, "GET", "/counts")).json()
    name = await published(shared_api, office)
    await shared_api.data("OfferServiceItem", office, "provider", code=name, units=list(place.townships), key=new_id())
    after = (await ask(shared_api, desk, "GET", "/counts")).json()
    assert after["items"] == before["items"] + 1
    assert after["offers"]["township"] == before["offers"]["township"] + 2


async def test_a_file_that_is_too_large_is_sent_to_the_shell(shared_api: Api, desk: str) -> None:
    large = await ask(shared_api, desk, "POST", "/imports", {"form": "csv", "text": "x" * 8_100_000})
    assert (large.status_code, large.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")
