"""Licences at the desk: by its endpoints and on its pages, and no more of them than a role needs."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.ids import new_id
from tests.licences.orders import issued
from tests.support.api import Api
from virtual_card.licences.number import grouped


async def call(api: Api, role: str, method: str, path: str, body: Any = None) -> Any:
    headers = {
        "authorization": f"Bearer {await api.ops_token(role)}",
        "idempotency-key": new_id(),
        "accept-language": "en",
    }
    return await api.http.request(method, f"/admin/api{path}", json=body, headers=headers)


async def test_a_licence_is_found_by_its_number_without_what_stands_on_it(shared_api: Api) -> None:
    person = await shared_api.verified()
    made = await issued(shared_api, person, "resident_id", facts={"address": "东街 1 号"})
    found = await call(shared_api, "viewer", "POST", "/licences/search", {"number": grouped(made.number)})
    assert (found.json()["id"], found.json()["state"], found.json()["title"]) == (made.id, "active", "居民身份证")
    assert not [word for word in ("东街", person.name, person.id_number) if word in found.text]
    held = await call(shared_api, "viewer", "GET", f"/citizens/{made.holder}/licences")
    assert [one["id"] for one in held.json()["items"]] == [made.id]
    for number in ("DL2026-0000-0000-0", "x", "13900139000"):
        missing = await call(shared_api, "viewer", "POST", "/licences/search", {"number": number})
        assert missing.json()["code"] == "LICENCE_UNKNOWN"


async def test_operators_suspend_reinstate_and_revoke(shared_api: Api) -> None:
    person = await shared_api.verified()
    made = await issued(shared_api, person)
    body = {"number": made.number, "reason": "investigation", "note": "somebody called"}
    for verb, state in (("suspensions", "suspended"), ("reinstatements", "active"), ("revocations", "revoked")):
        refused = await call(shared_api, "viewer", "POST", f"/licences/{verb}", body)
        assert refused.status_code == 403
        done = await call(shared_api, "operator", "POST", f"/licences/{verb}", body)
        assert done.json() == {"number": made.number, "state": state}
    again = await call(shared_api, "operator", "POST", "/licences/revocations", body)
    assert (again.status_code, again.json()["code"]) == (422, "LICENCE_NOT_ACTIVE")


@pytest.mark.parametrize("verb", ["suspensions", "revocations"])
async def test_a_licence_nobody_has_is_unknown(shared_api: Api, verb: str) -> None:
    body = {"number": "DL2026-1111-1111-1", "reason": "error"}
    answer = await call(shared_api, "operator", "POST", f"/licences/{verb}", body)
    assert answer.json()["code"] == "LICENCE_UNKNOWN"
