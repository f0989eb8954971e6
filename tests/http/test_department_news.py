"""The door at which departments push: signed, in time, each with its own key, and safe to repeat."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from app.core.ids import new_id
from app.core.mongo import Tx
from mocks.department_stories import signed
from tests.support.api import Api

KEY = "test"


async def handed_over(api: Api, system: str = "gjj") -> str:
    number = f"FZ2026-{new_id()}".upper()

    async def work(tx: Tx) -> None:
        where = {"citizen": new_id(), "item": "T-1", "unit": "350102000000"}
        await api.city.services.government.handovers.enlist(number=number, **where, system=system, tx=tx)

    await api.city.db.transaction(work)
    return number


def body_of(number_: str, /, **changed: Any) -> dict[str, Any]:
    return {"number": number_, "seq": 1, "step": "accepted", "at": datetime.now(UTC).isoformat(), **changed}


async def pushed(
    api: Api,
    body: Any,
    *,
    system: str = "gjj",
    key: str = KEY,
    by: str | None = None,
    at: int | None = None,
    **headers: str,
) -> httpx2.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    moment = int(api.city.clock.now().timestamp()) if at is None else at
    good = signed(content, "m-1", by or system, key, moment)
    raw = [(name.encode(), value.encode()) for name, value in {**good, **headers}.items()]
    return await api.http.post(f"/callbacks/departments/{system}", content=content, headers=raw)


async def steps(api: Api, number: str) -> list[tuple[int, str]]:
    rows = await api.city.db["handover_steps"].find({"number": number}).sort("_id", 1).to_list(None)
    return [(row["seq"], row["step"]) for row in rows]


async def test_a_step_is_kept_once_however_often_and_in_whatever_order_it_comes(shared_api: Api) -> None:
    number = await handed_over(shared_api)
    late = body_of(number, seq=2, step="in_review", reason="材料齐全")
    early = body_of(number)
    for body in (late, early, late, early):
        assert (await pushed(shared_api, body)).status_code == 204
    assert await steps(shared_api, number) == [(1, "accepted"), (2, "in_review")]
    row = await shared_api.city.db["handover_steps"].find_one({"_id": f"{number}#000002"})
    assert row is not None
    assert "材料齐全" not in str(row), "what it says to the applicant is sealed under his key"


async def test_a_number_of_another_department_is_not_touched(shared_api: Api) -> None:
    number = await handed_over(shared_api, "ybj")
    assert (await pushed(shared_api, body_of(number))).status_code == 204
    assert await steps(shared_api, number) == []
    found = await shared_api.city.db["handover_differences"].find_one({"_id": f"gjj:{number}:unknown_here"})
    assert found is not None
    assert found["open"] is True


@pytest.mark.parametrize(
    "how",
    [
        {"key": "forged"},
        {"by": "ybj"},
        {"at": 1_600_000_000},
        {"webhook-id": "another"},
        {"webhook-timestamp": "now"},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,ä"},
        {"webhook-timestamp": "9" * 40},
        {"system": "GJJ"},
        {"system": "a" * 60},
    ],
    ids=str,
)
async def test_what_is_not_signed_by_this_department_just_now_is_refused(shared_api: Api, how: dict[str, Any]) -> None:
    number = await handed_over(shared_api)
    headers = {name: how[name] for name in how if "-" in name}
    rest = {name: how[name] for name in how if "-" not in name}
    answer = await pushed(shared_api, body_of(number), **rest, **headers)
    assert answer.status_code == 401
    assert await steps(shared_api, number) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"seq": 0},
        {"seq": True},
        {"seq": "1"},
        {"step": "finished"},
        {"at": "yesterday"},
        {"at": "2026-03-02T09:00:00"},
        {"points": "all"},
        {"reason": "x" * 2_001},
        {"number": ""},
        {"number": 7},
    ],
    ids=str,
)
async def test_what_cannot_be_read_is_named_and_not_kept(shared_api: Api, changed: dict[str, Any]) -> None:
    number = await handed_over(shared_api)
    answer = await pushed(shared_api, body_of(number, **changed))
    assert (answer.status_code, answer.json()["code"]) == (400, "BAD_INPUT")
    assert await steps(shared_api, number) == []


async def test_what_is_no_json_and_what_is_too_large_is_refused(shared_api: Api) -> None:
    for content, status in ((b"{", 400), (b"[]", 400), (b"[" * 5_000, 400), (b"x" * 70_000, 413)):
        assert (await pushed(shared_api, content)).status_code == status
