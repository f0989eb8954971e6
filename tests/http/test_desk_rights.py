"""A citizen's right at the desk: answering, proving, and the keys, over HTTP."""

from __future__ import annotations

from typing import Any

from app.core.ids import new_id
from app.domains.identity.rights.erasures.model import COOLING_OFF
from tests.support.api import Api
from tests.support.fakes import MovableClock


async def asked(api: Api, token: str, method: str, path: str, body: Any = None, key: str | None = None) -> Any:
    headers = {"authorization": f"Bearer {token}", "idempotency-key": key or new_id(), "accept-language": "en"}
    answer = await api.http.request(method, f"/admin/api{path}", json=body, headers=headers)
    return answer.status_code, answer.json()


async def test_a_correction_is_read_for_a_reason_and_answered_once(shared_api: Api) -> None:
    api, token = shared_api, await shared_api.ops_token("operator")
    person = await api.verified()
    wish = {"field": "OTHER", "wanted": "不是这样", "reason": "写错了"}
    await api.data("RequestCorrection", person.token, **wish, key=new_id())
    _, page = await asked(api, token, "GET", "/corrections?first=100")
    (row,) = [row for row in page["items"] if row["citizen"] == api.key(person)]
    assert (row["wanted"], row["reason"], row["state"]) == (None, None, "open")
    for nothing in ("……", "\N{ZERO WIDTH SPACE}" * 5):
        silent = await asked(api, token, "POST", f"/corrections/{row['id']}/reveals", {"reason": nothing})
        assert (silent[0], silent[1]["code"]) == (422, "REVEAL_WITHOUT_REASON")
    status, read = await asked(api, token, "POST", f"/corrections/{row['id']}/reveals", {"reason": "to answer it"})
    assert (status, read["wanted"], read["reason"]) == (200, "不是这样", "写错了")
    answer, key = {"accept": True, "answer": "已处理"}, new_id()
    first = await asked(api, token, "POST", f"/corrections/{row['id']}/answers", answer, key)
    assert first == await asked(api, token, "POST", f"/corrections/{row['id']}/answers", answer, key)
    assert (first[0], first[1]["state"], first[1]["wanted"]) == (200, "accepted", None)
    again = await asked(api, token, "POST", f"/corrections/{row['id']}/answers", answer)
    assert (again[0], again[1]["code"]) == (422, "CORRECTION_SETTLED")
    none = await asked(api, token, "POST", f"/corrections/{new_id()}/reveals", {"reason": "to answer it"})
    assert (none[0], none[1]["code"]) == (422, "CORRECTION_UNKNOWN")


async def test_an_erasure_is_listed_and_proved(api: Api, clock: MovableClock) -> None:
    person = await api.with_card()
    await api.data("RequestErasure", person.token, key=new_id())
    _, waiting = await asked(api, await api.ops_token("viewer"), "GET", "/erasures")
    assert [row["citizen"] for row in waiting["items"]] == [api.key(person)]
    clock.advance(seconds=COOLING_OFF.total_seconds())
    await api.city.services.erasures.run_due()
    token = await api.ops_token("auditor")
    status, proof = await asked(api, token, "GET", f"/citizens/{api.key(person)}/erasure-proof")
    assert (status, proof["holds"], proof["erasure"]["state"]) == (200, True, "erased")
    assert proof["key_destroyed_at"] is not None
    assert all(one["open"] == 0 for one in proof["unsealed"])
    assert {one["what"] for one in proof["retained"]} >= {"audit", "lookups"}
    nobody = await asked(api, token, "GET", f"/citizens/{new_id()}/erasure-proof")
    assert (nobody[0], nobody[1]["code"]) == (422, "NOTHING_HELD")


async def test_keys_are_listed_and_rotated_once_for_a_wish(api: Api) -> None:
    token, key = await api.ops_token("administrator"), new_id()
    first = await asked(api, token, "POST", "/keys/rotations", {"use": "data"}, key)
    assert first == await asked(api, token, "POST", "/keys/rotations", {"use": "data"}, key)
    assert (first[0], first[1]["id"]) == (201, "data-0002")
    leaked = await asked(api, token, "POST", "/keys/rotations", {"use": "data", "at_once": True})
    assert (leaked[0], leaked[1]["code"]) == (422, "DATA_KEY_NEEDS_LEAD")
    _, listed = await asked(api, token, "GET", "/keys")
    ids = [one["id"] for one in listed["items"]]
    assert ids == ["data-0001", "data-0002", "session-0001", "card-0001", "audit-0001", "licence-0001"]
