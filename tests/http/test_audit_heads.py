"""Heads of the audit chain, for others to keep; and the audit and the jobs at the desk."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.core.ids import new_id
from app.jobs.board import JobBoard
from app.wiring import City
from tests.stores.support import stored
from tests.support.api import Api
from tests.support.fakes import MovableClock


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


async def _desk(api: Api, role: str) -> dict[str, str]:
    return {"authorization": f"Bearer {await api.ops_token(role)}", "accept-language": "en"}


async def _sealed(city: City) -> None:
    while await city.audit_chain.seal():
        pass
    await city.audit_chain.publish_head()


async def test_a_published_head_is_checked_with_published_keys_and_nothing_else(api: Api) -> None:
    assert (await api.http.get("/.well-known/audit-head")).json() is None
    await api.sign_in(api.person())
    await _sealed(api.city)
    answer = await api.http.get("/.well-known/audit-head")
    head = answer.json()
    assert answer.headers["cache-control"] == "public, max-age=60"
    keys = {key["kid"]: key for key in (await api.http.get("/.well-known/audit-keys")).json()["keys"]}
    public = Ed25519PublicKey.from_public_bytes(_bytes(keys[head["key"]]["x"]))
    text = "\n".join(("rong-audit-head", str(head["seq"]), head["hash"], head["at"], head["key"]))
    public.verify(_bytes(head["signature"]), text.encode())
    (record,) = [row for row in await stored(api.city.db, "audit") if row["seq"] == head["seq"]]
    assert record["hash"] == head["hash"]


async def test_heads_are_read_on_from_a_place(api: Api) -> None:
    for _ in range(3):
        await api.sign_in(api.person())
        await _sealed(api.city)
    heads = (await api.http.get("/.well-known/audit-heads")).json()
    assert len(heads) == 3
    after = (await api.http.get("/.well-known/audit-heads", params={"after": str(heads[0]["seq"])})).json()
    assert after == heads[1:]
    for bad in ("x", "-1", "1.5", "9" * 30, "٣"):
        refused = await api.http.get("/.well-known/audit-heads", params={"after": bad})
        assert (refused.status_code, refused.json()["code"]) == (400, "BAD_INPUT"), bad


async def test_an_auditor_searches_page_by_page_and_that_is_recorded(api: Api, clock: MovableClock) -> None:
    person = await api.with_card()
    await _sealed(api.city)
    citizen, headers = api.key(person), await _desk(api, "auditor")
    seen: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        asked = {"person": citizen, "first": "1", **({"after": after} if after else {})}
        page = (await api.http.get("/admin/api/audit/records", params=asked, headers=headers)).json()
        seen += page["items"]
        if (after := page["next"]) is None:
            break
    actions = [one["action"] for one in seen]
    assert actions[0] == "audit.searched", "the newest record of this person is this search"
    assert {"session.opened", "citizen.verified", "card.issued"} <= set(actions)
    assert len({one["id"] for one in seen}) == len(seen)
    assert all(one["genuine"] for one in seen)
    assert [one["at"] for one in seen] == sorted((one["at"] for one in seen), reverse=True)
    for narrow in ({"action": "card.issued"}, {"actor": citizen, "action": "card.issued"}):
        found = await api.http.get("/admin/api/audit/records", params={"person": citizen, **narrow}, headers=headers)
        assert [one["action"] for one in found.json()["items"]] == ["card.issued"]
    later = (clock.now() + timedelta(hours=1)).isoformat()
    none = await api.http.get("/admin/api/audit/records", params={"person": citizen, "since": later}, headers=headers)
    assert none.json() == {"items": [], "next": None}
    for bad in ({"since": "yesterday"}, {"since": "2026-01-01T00:00:00"}, {"after": "x"}, {"first": "101"}):
        refused = await api.http.get("/admin/api/audit/records", params=bad, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (400, "BAD_INPUT"), bad


async def test_the_chain_s_state_is_told_before_and_after_a_check(api: Api) -> None:
    headers = await _desk(api, "viewer")
    await _sealed(api.city)
    before = (await api.http.get("/admin/api/audit/chain", headers=headers)).json()
    assert (before["checked"], before["head"]["seq"] > 0) == (None, True)
    await api.city.audit_trail.check(whole=True)
    after = (await api.http.get("/admin/api/audit/chain", headers=headers)).json()
    assert (after["checked"]["sound"], after["checked"]["found"]) == (True, None)
    await api.city.db["audit"].update_one({"seq": 1}, {"$set": {"actor": "somebody-else"}})
    await api.city.audit_trail.check(whole=True)
    broken = (await api.http.get("/admin/api/audit/chain", headers=headers)).json()["checked"]
    assert (broken["sound"], broken["found"]["wrong"], broken["found"]["seq"]) == (False, "edited", 1)
    figures = (await api.http.get("/metrics")).text
    assert "rong_audit_sound 0.0" in figures


@pytest.mark.parametrize(("language", "said"), [("en", "audit chain"), ("zh-CN", "审计链")])
async def test_jobs_are_listed_in_the_language_asked_for(api: Api, language: str, said: str) -> None:
    headers = {**await _desk(api, "viewer"), "accept-language": language}
    listed = (await api.http.get("/admin/api/jobs", headers=headers)).json()["items"]
    (check,) = (one for one in listed if one["name"] == "audit-check")
    assert said in check["does"]
    assert (check["last"], check["next_at"] is None) == (None, False)


async def test_a_run_is_asked_for_once_however_often_it_is_said(api: Api) -> None:
    headers = await _desk(api, "administrator")
    first, again = [(await api.http.post("/admin/api/jobs/audit-check/runs", headers=headers)).json() for _ in range(2)]
    assert (first["id"], first["state"]) == (again["id"], "waiting")
    runs = (await api.http.get("/admin/api/jobs/audit-check/runs", headers=headers)).json()["items"]
    assert [run["id"] for run in runs] == [first["id"]]
    unknown = await api.http.post("/admin/api/jobs/nothing/runs", headers={**headers, "idempotency-key": new_id()})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "JOB_UNKNOWN")
    board = JobBoard(api.city.db, api.city.audit, api.city.clock)
    assert [line.last.asked_by is not None for line in await board.lines() if line.last] == [True]
